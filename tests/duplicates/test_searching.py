"""Looking through everything for look-alikes, on both databases: found, kept, and never asked about again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.companies.models import Company
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.duplicates import operations, queries, searching
from crm.duplicates.drafts import pair_of
from crm.duplicates.models import Kind
from tests.world import NOW, World


def company(session: Session, name: str, **known: Any) -> Company:
    made = companies.create_company(session, None, CompanyDraft(name=name, **known), now=NOW)
    session.flush()
    return made


def found(session: Session) -> set[tuple[int, int]]:
    return {(one.first, one.second) for one in searching.companies(session)[1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Fjellbris Hus AS"}, {"name": "FJELLBRIS HUS"}),
        (
            {"name": "Fjellbris Hus", "municipality": "Elverum"},
            {"name": "Fjelbris Hus", "municipality": "Elverum"},
        ),
        (
            {"name": "A Hus", "municipality": "Elverum", "phone": "22334455"},
            {"name": "B Bygg", "municipality": "Elverum", "phone": "+47 22 33 44 55"},
        ),
        (
            {"name": "A Hus", "home_page": "fjell.no", "municipality": "Elverum"},
            {"name": "B", "email": "post@fjell.no", "municipality": "Elverum"},
        ),
    ],
)
def test_those_that_share_a_mark_are_found(
    session: Session, world: World, one: dict[str, Any], other: dict[str, Any]
):
    first, second = company(session, **one), company(session, **other)
    assert (first.id, second.id) in found(session)


def test_what_many_share_is_a_switchboard(session: Session, world: World):
    for number in range(searching.CROWD + 1):
        company(session, f"{'ABCDE'[number] * 6} Bygg", phone="22334455", municipality="Elverum")
    assert found(session) == set()


def test_persons_are_found_by_mailbox_and_by_name_at_the_same_company(session: Session, world: World):
    made = [
        contacts.create_contact(session, None, contact_draft(name=name, email=email), company=world.company)
        for name, email in (
            ("Kari A. Eksempel", ""),
            ("Ola Berg", "ola@verk.no"),
            ("Berg Ola", "OLA@verk.no"),
        )
    ]
    session.flush()
    pairs = {(one.first, one.second) for one in searching.contacts(session)[1]}
    assert pairs == {(world.person.id, made[0].id), (made[1].id, made[2].id)}


def test_the_queue_follows_what_is_found_and_keeps_what_was_said(session: Session, world: World):
    one, other, third = (company(session, f"Fjellbris Hus {form}") for form in ("AS", "ASA", "DA"))
    assert operations.keep_pairs(session, Kind.COMPANY, searching.companies(session)[1]) == 3
    pair = session.scalars(queries.pairs(Kind.COMPANY)).first()
    operations.keep_apart(session, world.developer.id, pair, now=NOW)
    assert operations.keep_pairs(session, Kind.COMPANY, searching.companies(session)[1]) == 2
    assert queries.count_pairs(session) == {Kind.COMPANY: 2, Kind.CONTACT: 0}
    assert [one.id for one in session.scalars(queries.pairs(Kind.COMPANY, apart=True))] == [pair.id]
    operations.ask_again(session, world.developer.id, pair)
    assert operations.keep_pairs(session, Kind.COMPANY, searching.companies(session)[1]) == 3
    assert operations.keep_pairs(session, Kind.COMPANY, []) == 0
    assert queries.count_pairs(session)[Kind.COMPANY] == 0
    assert len({one.id, other.id, third.id}) == 3


def test_who_was_said_not_to_be_the_lost_one_is_not_the_kept_one(session: Session, world: World):
    one, other, third = (company(session, f"Fjellbris Hus {form}") for form in ("AS", "ASA", "DA"))
    operations.keep_pairs(session, Kind.COMPANY, searching.companies(session)[1])
    every = {(row.first_id, row.second_id): row for row in session.scalars(queries.pairs(Kind.COMPANY))}
    operations.keep_apart(session, world.developer.id, every[one.id, third.id], now=NOW)
    before = sorted(every)
    made = operations.merge(session, world.developer.id, pair_of(Kind.COMPANY, one.id, other.id), {}, now=NOW)
    apart = session.scalars(queries.pairs(Kind.COMPANY, apart=True)).all()
    assert [(row.first_id, row.second_id) for row in apart] == [(other.id, third.id)]
    assert session.scalars(queries.pairs(Kind.COMPANY)).all() == []
    operations.undo(session, world.developer.id, made, now=NOW)
    session.expire_all()
    both = [
        *session.scalars(queries.pairs(Kind.COMPANY)),
        *session.scalars(queries.pairs(Kind.COMPANY, apart=True)),
    ]
    assert sorted((row.first_id, row.second_id) for row in both) == before
    assert [row.apart_at for row in both if row.first_id == one.id and row.second_id == third.id] == [NOW]


def test_how_an_old_merge_was_made_is_forgotten_and_that_it_was_stays(session: Session, world: World):
    pair = pair_of(Kind.COMPANY, world.company.id, world.other.id)
    made = operations.merge(session, world.developer.id, pair, {}, now=NOW)
    assert operations.forget_steps(session, now=NOW + timedelta(days=30)) == 0
    assert operations.forget_steps(session, now=NOW + timedelta(days=31)) == 1
    assert operations.forget_steps(session, now=NOW + timedelta(days=31)) == 0
    session.refresh(made)
    assert made.steps == []
    assert queries.leads_on_to(session, Kind.COMPANY, pair.first) == pair.second
