"""Following companies and moving leads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from crm.companies import due, operations, queries
from crm.companies.drafts import CompanyFilter, LeadDraft, company_draft, move_draft
from crm.companies.models import Stage
from crm.errors import Conflict, InvalidInput
from crm.history.models import Entry
from tests.world import NOW, ORGNR, TODAY, World


def test_create_refuses_a_number_already_taken(session: Session, world: World):
    with pytest.raises(Conflict, match="alt registrert"):
        operations.create_company(session, None, company_draft(name="Kopien AS", orgnr=ORGNR), now=NOW)


def test_a_company_is_followed_once(session: Session, world: World):
    operations.follow(session, world.developer.id, world.other, LeadDraft(), now=NOW)
    with pytest.raises(Conflict):
        operations.follow(session, world.developer.id, world.other, LeadDraft(), now=NOW)


def test_a_move_keeps_the_day_and_leaves_a_trail(session: Session, world: World):
    draft = move_draft("meeting", today=TODAY)
    operations.move_lead(session, world.developer.id, world.lead, draft, now=NOW)
    assert (world.lead.stage, world.lead.stage_since) == (Stage.MEETING, NOW)
    entry = session.query(Entry).filter_by(action="lead:move").one()
    assert entry.changes["stage"] == ["identified", "meeting"]


@pytest.mark.parametrize("stage", ["parked", "lost"])
def test_leaving_the_road_needs_a_reason(stage: str):
    with pytest.raises(InvalidInput) as refusal:
        move_draft(stage, reason=" ", today=TODAY)
    assert refusal.value.field == "reason"


def test_a_parked_lead_wakes_on_its_day(session: Session, world: World):
    draft = move_draft("parked", reason="Venter på budsjettet", wake_on=date(2027, 1, 4), today=TODAY)
    operations.move_lead(session, world.developer.id, world.lead, draft, now=NOW)
    assert session.scalars(due.waking(on=date(2027, 1, 3))).all() == []
    assert session.scalars(due.waking(on=date(2027, 1, 4))).all() == [world.company]


def test_unfollowing_keeps_the_company(session: Session, world: World):
    operations.unfollow(session, world.developer.id, world.lead)
    session.expire_all()
    assert queries.get_company(session, world.company.id).lead is None


@pytest.mark.parametrize("typed", ["rullestol", "RULLESTOLVERKSTEDET", "974 760", "verksted"])
def test_a_list_is_narrowed_by_name_or_number(session: Session, world: World, typed: str):
    assert session.scalars(queries.companies(CompanyFilter(q=typed))).all() == [world.company]


@pytest.mark.parametrize("typed", ["åsen kafe", "AASEN", "Asen%"])
def test_names_are_found_in_other_spellings_and_wildcards_are_letters(
    session: Session, world: World, typed: str
):
    found = session.scalars(queries.companies(CompanyFilter(q=typed, followed=False))).all()
    assert found == ([] if "%" in typed else [world.other])


def test_aa_sorts_last(session: Session, world: World):
    for name in ("Zorn AS", "Ærlig AS", "Østlig AS", "Alfa AS"):
        operations.create_company(session, None, company_draft(name=name), now=NOW)
    names = [found.name for found in session.scalars(queries.companies(CompanyFilter(followed=False)))]
    assert names == ["Alfa AS", "Rullestolverkstedet AS", "Zorn AS", "Ærlig AS", "Østlig AS", "Åsen Kafé AS"]


def test_a_lead_gone_quiet_is_found_and_an_identified_one_is_not(session: Session, world: World):
    before = NOW - timedelta(days=1)
    assert session.scalars(due.gone_quiet(None, before=before)).all() == []
    world.lead.stage = Stage.CONTACTED
    session.flush()
    assert session.scalars(due.gone_quiet(None, before=before)).all() == [world.company]
