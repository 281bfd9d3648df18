"""Two made one and two again, on both databases: nothing is lost, and undoing gives back what was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import crm.cli.commands  # noqa: F401  (every model is known once every command is)
from crm.activities.models import Activity, FollowUp
from crm.companies import operations as company_operations
from crm.companies.drafts import CompanyDraft, LeadDraft, ReachDraft
from crm.companies.models import Company, Lead, Stage
from crm.contacts import operations as contact_operations
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.duplicates import operations, queries
from crm.duplicates.choices import TABLES, Side
from crm.duplicates.drafts import Pair, pair_of
from crm.duplicates.models import Kind, Merge
from crm.duplicates.references import loose, references
from crm.errors import Conflict, InvalidInput, NotFound
from crm.storage.base import Base
from tests.duplicates.filling import fill
from tests.world import NOW, World

# What grows with every act: the trail, the merges themselves, and the counters of rows.
_GROWS = {"history", "merges"}
Rows = dict[str, dict[Any, dict[str, Any]]]


def everything(session: Session) -> Rows:
    """Every row of every table by its key, without its version."""
    session.flush()
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        if table.name in _GROWS:
            continue
        keys = [column.name for column in table.primary_key.columns]
        rows = session.execute(select(table)).mappings()
        found[table.name] = {
            tuple(row[key] for key in keys): {name: row[name] for name in row if name != "version"}
            for row in rows
        }
    return found


def trail(session: Session) -> dict[int, tuple[str, int]]:
    table = Base.metadata.tables["history"]
    rows = session.execute(select(table.c.id, table.c.subject, table.c.subject_id))
    return {row.id: (row.subject, row.subject_id) for row in rows}


def pointing(session: Session, pair: Pair, number: int) -> int:
    """How many rows of any table point to a record, or hold its number."""
    table = TABLES[pair.kind]
    rules = [(column, column == number) for column in references(table)]
    rules += [(column, (column == number) & rule) for column, rule in loose(table)]
    counted = (select(func.count()).select_from(column.table).where(rule) for column, rule in rules)
    return sum(session.execute(one).scalar_one() for one in counted)


def merged(session: Session, world: World, pair: Pair, chosen: dict[str, Side] | None = None) -> Merge:
    return operations.merge(session, world.developer.id, pair, chosen or {}, now=NOW)


WORLDS = st.fixed_dictionaries(
    {
        "both_followed": st.booleans(),
        "activities": st.tuples(st.integers(0, 3), st.integers(0, 3)),
        "same_suggestion": st.booleans(),
        "same_introduction": st.booleans(),
        "same_news": st.booleans(),
        "same_role": st.sampled_from(["", "same", "other"]),
        "same_rule": st.booleans(),
        "own_values": st.booleans(),
        "answered": st.sampled_from([None, 0, 1]),
    }
)
CHOICES = st.dictionaries(
    st.sampled_from(["name", "orgnr", "phone", "lead-stage", "lead-owner_id", "own-1", "email"]),
    st.sampled_from(list(Side)),
)
SLOWLY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOWLY
@given(told=WORLDS, chosen=CHOICES, kind=st.sampled_from(list(Kind)))
def test_nothing_points_to_the_lost_one_every_count_is_the_sum_and_undoing_gives_all_back(
    session: Session, world: World, told: dict[str, Any], chosen: dict[str, Side], kind: Kind
):
    outer = session.begin_nested()
    pair = fill(session, world, kind, told)
    before, marks = everything(session), trail(session)
    foreseen = {count.what: count.after for count in queries.compare(session, pair).counts}
    made = merged(session, world, pair, chosen)
    assert pointing(session, pair, pair.first) == 0
    assert session.get(Company if kind is Kind.COMPANY else Contact, pair.first) is None
    counted = queries.survey(session, TABLES[kind], pair.second, pair.first, {})
    after = {count.what: count.kept for count in counted}
    assert after.pop("history.subject_id") == foreseen.pop("history.subject_id") + 1  # the merge itself
    assert after.pop(f"merges.{kind}_id") == 1
    assert after == foreseen
    assert operations.undo(session, world.developer.id, made, now=NOW + timedelta(days=29)) == []
    assert everything(session) == before
    assert {number: mark for number, mark in trail(session).items() if number in marks} == marks
    outer.rollback()
    session.expire_all()


def two_companies(session: Session, world: World) -> Pair:
    """The world's company and a look-alike that is followed too, with a log of its own."""
    return fill(session, world, Kind.COMPANY, {"both_followed": True, "activities": (2, 1)})


def test_what_is_chosen_is_what_the_kept_one_is(session: Session, world: World):
    pair = two_companies(session, world)
    chosen = {"name": Side.SECOND, "orgnr": Side.FIRST, "lead-stage": Side.SECOND}
    stage = session.scalars(select(Lead).where(Lead.company_id == pair.second)).one().stage
    merged(session, world, pair, chosen)
    kept = session.get_one(Company, pair.second)
    lead = session.scalars(select(Lead).where(Lead.company_id == pair.second)).one()
    assert (kept.name, kept.orgnr, lead.stage) == ("Rullestolverkstedet", world_orgnr(), stage)
    assert kept.municipality == "Elverum"


def world_orgnr() -> str:
    return "974760673"


def test_the_newest_contact_of_both_is_the_newest(session: Session, world: World):
    pair = two_companies(session, world)
    newest = session.scalar(select(func.max(Activity.happened_at)))
    merged(session, world, pair)
    lead = session.scalars(select(Lead).where(Lead.company_id == pair.second)).one()
    assert lead.last_contact_at == newest


def test_a_record_merged_while_somebody_looked_is_not_merged_unseen(session: Session, world: World):
    pair = two_companies(session, world)
    seen = queries.compare(session, pair).versions
    company = session.get_one(Company, pair.first)
    draft = ReachDraft(version=company.version, phone="+4722334455")
    company_operations.change_reach(session, None, company, draft)
    with pytest.raises(Conflict):
        operations.merge(session, world.developer.id, pair, {}, now=NOW, seen=seen)


def test_what_was_changed_since_stays_and_is_named(session: Session, world: World):
    pair = two_companies(session, world)
    made = merged(session, world, pair, {"phone": Side.FIRST})
    kept = session.get_one(Company, pair.second)
    draft = ReachDraft(version=kept.version, phone="+4799887766", email=kept.email, home_page=kept.home_page)
    company_operations.change_reach(session, None, kept, draft)
    moved = session.scalars(select(Activity).where(Activity.company_id == pair.second)).all()
    moved[0].text = "Rettet siden"
    session.delete(session.scalars(select(FollowUp).where(FollowUp.company_id == pair.second)).first())
    left = operations.undo(session, world.developer.id, made, now=NOW)
    assert ("companies", "phone") in {(one.table, one.field) for one in left}
    assert session.get_one(Company, pair.second).phone == "+4799887766"
    assert session.get_one(Activity, moved[0].id).text == "Rettet siden"


def test_it_is_undone_once_and_within_thirty_days(session: Session, world: World):
    made = merged(session, world, two_companies(session, world))
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, made, now=NOW + timedelta(days=31))
    operations.undo(session, world.developer.id, made, now=NOW)
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, made, now=NOW)


def test_one_merged_on_is_undone_from_the_last_merge_back(session: Session, world: World):
    pair = two_companies(session, world)
    before = everything(session)
    first = merged(session, world, pair)
    third = company_operations.create_company(session, None, CompanyDraft(name="Tredje"), now=NOW)
    session.flush()
    second = merged(session, world, pair_of(Kind.COMPANY, pair.second, third.id))
    assert queries.leads_on_to(session, Kind.COMPANY, pair.first) == third.id
    assert queries.leads_on_to(session, Kind.COMPANY, pair.second) == third.id
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, first, now=NOW)
    operations.undo(session, world.developer.id, second, now=NOW)
    operations.undo(session, world.developer.id, first, now=NOW)
    session.delete(session.get_one(Company, third.id))
    assert everything(session) == before


def test_a_number_given_to_another_since_keeps_two_from_being_two(session: Session, world: World):
    pair = two_companies(session, world)
    made = merged(session, world, pair, {"orgnr": Side.SECOND})
    taken = CompanyDraft(name="En annen", orgnr=world_orgnr())
    company_operations.create_company(session, None, taken, now=NOW)
    with pytest.raises(Conflict):
        operations.undo(session, world.developer.id, made, now=NOW)


def test_a_row_whose_number_was_given_away_comes_back_under_another(session: Session, world: World):
    pair = two_companies(session, world)
    lead_id = session.scalars(select(Lead.id).where(Lead.company_id == pair.first)).one()
    made = merged(session, world, pair)
    other = company_operations.create_company(session, None, CompanyDraft(name="Ny"), now=NOW)
    lead = company_operations.follow(session, None, other, LeadDraft(), now=NOW)
    session.flush()
    session.execute(text("UPDATE leads SET id = :old WHERE id = :new"), {"old": lead_id, "new": lead.id})
    session.expunge(lead)
    operations.undo(session, world.developer.id, made, now=NOW)
    back = session.scalars(select(Lead).where(Lead.company_id == pair.first)).one()
    assert back.id != lead_id
    assert back.stage is Stage.IDENTIFIED


def test_forgetting_the_kept_person_forgets_what_was_merged(session: Session, world: World):
    twin = contact_operations.create_contact(session, None, contact_draft(name="Kari M. Eksempel"))
    session.flush()
    made_id = merged(session, world, pair_of(Kind.CONTACT, world.person.id, twin.id)).id
    contact_operations.delete_contact(session, None, session.get_one(Contact, twin.id))
    session.expire_all()
    assert session.get(Merge, made_id) is None


def test_one_is_not_two(session: Session, world: World):
    with pytest.raises(InvalidInput):
        pair_of(Kind.COMPANY, 1, 1)
    with pytest.raises(NotFound):
        queries.compare(session, Pair(Kind.COMPANY, world.company.id, 10**6))


def test_a_real_record_does_not_become_one_of_the_demo(session: Session, world: World):
    twin = company_operations.create_company(session, None, CompanyDraft(name="Demo", demo=True), now=NOW)
    session.flush()
    merged(session, world, pair_of(Kind.COMPANY, world.company.id, twin.id))
    assert session.get_one(Company, twin.id).demo is False
