"""Partners, needs and offers: who may overwrite whom, what counts as open, what is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.errors import Conflict, NotFound
from crm.history.models import Entry
from crm.partners import operations, queries
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft, need_draft
from crm.partners.models import PartnerKind
from tests.world import TODAY, World

TEXT = "Øvelser ute krever sterke lykter som tåler vann og kulde."


def add_need(session: Session, world: World, **more: object) -> int:
    draft = need_draft(title="Blålys på Åsen", text=TEXT, **more)  # type: ignore[arg-type]
    need = operations.create_need(session, world.developer.id, world.partner, draft)
    session.flush()
    return need.id


def found(session: Session, **rule: object) -> list[str]:
    return [need.title for need in session.scalars(queries.needs(today=TODAY, **rule))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed", ["øvelser", "ØVELSER", "blålys", "BLÅLYS åsen", "sykehuset lykter", "tåler"]
)
def test_a_need_is_found_by_words_in_any_capitals(session: Session, world: World, typed: str):
    add_need(session, world)
    assert found(session, q=typed) == ["Blålys på Åsen"]


@pytest.mark.parametrize("typed", ["rullestol%", "_", "finnes ikke", "blålys rullestoler"])
def test_wildcards_are_letters_and_every_word_counts(session: Session, world: World, typed: str):
    add_need(session, world)
    assert found(session, q=typed) == []


def test_only_open_needs_unless_all_are_asked_for(session: Session, world: World):
    add_need(session, world, valid_until=TODAY - timedelta(days=1))
    operations.close_need(session, world.developer.id, world.need)
    assert found(session) == []
    assert len(found(session, all_of=True)) == 2
    assert queries.count_needs(session, today=TODAY, all_of=True) == 2
    assert queries.open_need_counts(session, [world.partner.id], today=TODAY) == {}


def test_the_day_itself_still_counts(session: Session, world: World):
    need = queries.get_need(session, add_need(session, world, valid_until=TODAY))
    assert need.open_on(TODAY)
    assert not need.open_on(TODAY + timedelta(days=1))
    assert queries.open_need_counts(session, [world.partner.id], today=TODAY) == {world.partner.id: 2}


def test_the_second_of_two_editors_is_told(session: Session, world: World):
    need, seen = queries.get_need(session, world.need.id), world.need.version
    draft = NeedDraft(title="Første", text=TEXT, segments=frozenset({"helse"}))
    operations.update_need(session, world.developer.id, need, draft, seen=seen)
    with pytest.raises(Conflict, match="Noen andre"):
        operations.update_need(session, world.reader.id, need, draft, seen=seen)


def test_changing_the_segments_alone_moves_the_version_and_is_in_the_trail(session: Session, world: World):
    need, seen = queries.get_need(session, world.need.id), world.need.version
    draft = NeedDraft(title=need.title, text=need.text, segments=frozenset({"beredskap"}))
    operations.update_need(session, world.developer.id, need, draft, seen=seen)
    session.flush()
    assert need.version > seen
    entry = session.query(Entry).filter_by(action="need:update").one()
    assert entry.changes == {"segments": [["helse"], ["beredskap"]]}


def test_a_partner_is_overwritten_only_by_who_saw_it(session: Session, world: World):
    draft = PartnerDraft(name="Sjukehuset", kind=PartnerKind.HOSPITAL)
    operations.update_partner(session, world.developer.id, world.partner, draft, seen=world.partner.version)
    with pytest.raises(Conflict):
        operations.update_partner(session, world.developer.id, world.partner, draft, seen=1)


def test_a_person_has_one_role_at_a_partner(session: Session, world: World):
    partner = queries.get_partner(session, world.partner.id)
    for title in ("Innkjøper", "Innkjøpssjef"):
        operations.add_person(session, world.developer.id, partner, world.person, title=title)
    held = queries.roles_of_contacts(session, [world.person.id])[world.person.id]
    assert [role.title for role in held] == ["Innkjøpssjef"]


def test_a_deleted_offer_comes_back_once_and_at_its_own_partner(session: Session, world: World):
    draft = OfferDraft(title="Testlab", text="Rom", source="Møte")
    offer = operations.create_offer(session, world.developer.id, world.partner, draft)
    session.flush()
    entry = operations.delete_offer(session, world.developer.id, offer)
    session.flush()
    elsewhere = operations.create_partner(
        session, None, PartnerDraft(name="Kommunen", kind=PartnerKind.MUNICIPALITY)
    )
    with pytest.raises(NotFound):
        operations.restore_offer(session, world.developer.id, elsewhere, entry.id)
    operations.restore_offer(session, world.developer.id, world.partner, entry.id)
    with pytest.raises(Conflict):
        operations.restore_offer(session, world.developer.id, world.partner, entry.id)
    kept = session.scalars(queries.offers_of_partner(world.partner.id)).one()
    assert (kept.title, kept.text, kept.source) == ("Testlab", "Rom", "Møte")


def test_deleting_a_person_ends_the_role_at_the_partner(session: Session, world: World):
    person = contacts.create_contact(session, None, contact_draft(name="Berit Eksempel"))
    operations.add_person(session, None, world.partner, person, title="Lege")
    session.commit()
    contacts.delete_contact(session, None, person)
    session.expire_all()
    assert queries.get_partner(session, world.partner.id).roles == []
