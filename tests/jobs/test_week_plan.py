"""The round keeps to the rules people set, and names by name what it cannot keep."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.permissions import Role
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company
from crm.matches import operations as matches
from crm.matches import queries
from crm.matches.drafts import AnswerDraft
from crm.matches.models import Answer, MatchRun, Suggestion
from crm.matchmaker.planning import week_rules
from crm.partners.models import Need
from crm.registry.models import Unit
from crm.rules import operations
from crm.rules.drafts import WeekRulesDraft, pair_rule_draft
from crm.storage.engines import Database
from tests.jobs.test_weekly_round import do

NO_SHARES: dict[str, Any] = {"new_share": 0, "small_share": 0, "control_share": 0}


@pytest.fixture
def leader(filled: Database) -> int:
    with filled.Write() as session:
        draft = UserDraft(email="leder@example.org", name="Leder Eksempel", role=Role.MANAGER)
        made = accounts.create_user(session, None, draft)
        session.commit()
        return made.id


def rule(database: Database, leader: int, now: datetime, **changed: Any) -> None:
    with database.Write() as session:
        draft = WeekRulesDraft(**(NO_SHARES | changed))
        operations.set_rules(session, leader, draft, seen=None, now=now)
        session.commit()


def suggested(database: Database, run: MatchRun) -> list[Suggestion]:
    with database.Read() as session:
        return list(session.scalars(select(Suggestion).where(Suggestion.run_id == run.id)))


def told(run: MatchRun) -> list[str]:
    return [gave["sentence"] % gave["values"] for gave in run.parameters["relaxed"]]


def lead(session: Session, now: datetime, owner: int, name: str) -> Company:
    """A company of ours that fits the first need, with somebody responsible."""
    draft = CompanyDraft(
        name=name,
        purpose="Fysioterapi og opptrening av pasienter, fysioterapeuter for sykehus.",
        industry="86.950",
        industry_name="Fysioterapi",
        industry_standard="SN2025",
        municipality_no="3420",
    )
    company = companies.create_company(session, None, draft, now=now)
    companies.follow(session, None, company, LeadDraft(owner_id=owner), now=now)
    return company


def test_size_and_shares_are_as_they_were_set(filled: Database, now: datetime, leader: int) -> None:
    rule(filled, leader, now, week_size=6, per_need=2, per_company=1)
    run = do(filled, now)
    rows = suggested(filled, run)
    assert len(rows) == 6
    kept = run.parameters["rules"]
    assert (kept["week_size"], kept["per_need"], kept["week"], kept["must"]) == (6, 2, "2026-W48", [])
    assert max(Counter(row.need_id for row in rows).values()) <= 2
    assert max(Counter(row.company_id for row in rows).values()) == 1


def test_new_firms_of_the_register_get_their_slots(filled: Database, now: datetime, leader: int) -> None:
    rule(filled, leader, now, new_share=50, partner_share=100)
    assert week_rules.TOO_FEW_NEW in told(do(filled, now, "2026-W47"))
    with filled.Mirror() as session:
        session.execute(update(Unit).where(Unit.orgnr > "900000100").values(founded_on=now.date()))
        session.commit()
    run = do(filled, now)
    assert told(run) == []
    with filled.Read() as session:
        fresh = select(Suggestion).join(Suggestion.company).where(Company.orgnr > "900000100")
        new = session.scalars(fresh.where(Suggestion.run_id == run.id)).all()
    assert 2 * len(new) >= run.suggestions > 0


def test_a_developer_gets_no_more_than_fits(filled: Database, now: datetime, leader: int) -> None:
    with filled.Write() as session:
        mine = {lead(session, now, leader, f"Fysio {number} AS").id for number in range(6)}
        session.commit()
    rule(filled, leader, now, sureness=0)
    assert sum(row.company_id in mine for row in suggested(filled, do(filled, now, "2026-W46"))) > 2
    rule(filled, leader, now, sureness=0, developer_most=2)
    assert sum(row.company_id in mine for row in suggested(filled, do(filled, now, "2026-W47"))) == 2
    with filled.Write() as session:
        operations.set_capacity(session, leader, 1, user_id=leader)
        session.commit()
    assert sum(row.company_id in mine for row in suggested(filled, do(filled, now))) == 1


def test_a_partner_that_can_take_three_gets_three(filled: Database, now: datetime, leader: int) -> None:
    rule(filled, leader, now, partner_most=3, partner_share=100)
    assert do(filled, now).suggestions == 3


def test_what_must_be_suggested_is_though_it_stands_on_no_list(
    filled: Database, now: datetime, leader: int
) -> None:
    with filled.Write() as session:
        odd = companies.create_company(session, None, CompanyDraft(name="Blomster AS"), now=now)
        session.flush()
        draft = pair_rule_draft("must", company_id=odd.id, reason="Avtalt i møte", need_id=1)
        operations.add_pair_rule(session, leader, draft, now=now)
        session.commit()
    assert (1, odd.id) in {(row.need_id, row.company_id) for row in suggested(filled, do(filled, now))}


def test_a_must_that_cannot_be_is_named_with_names(filled: Database, now: datetime, leader: int) -> None:
    with filled.Write() as session:
        gone = lead(session, now, leader, "Nedlagt AS")
        gone.closed = "bankrupt"
        title = session.scalar(select(Need.title).where(Need.id == 1))
        draft = pair_rule_draft("must", company_id=gone.id, reason="Avtalt", need_id=1)
        operations.add_pair_rule(session, leader, draft, now=now)
        session.commit()
    [sentence] = [said for said in told(do(filled, now)) if "Nedlagt AS" in said]
    assert sentence == week_rules.MUST_IS_MISSING % {"company": "Nedlagt AS", "need": title}


def test_never_holds_for_every_need_of_a_partner_and_the_next_best_takes_the_place(
    filled: Database, now: datetime, leader: int
) -> None:
    first = do(filled, now, "2026-W47")
    best = suggested(filled, first)[0].company_id
    with filled.Write() as session:
        partner = session.scalar(select(Need.partner_id))
        draft = pair_rule_draft("never", company_id=best, reason="Tvist", partner_id=partner)
        operations.add_pair_rule(session, leader, draft, now=now)
        session.commit()
    second = do(filled, now)
    assert best not in {row.company_id for row in suggested(filled, second)}
    assert second.suggestions == first.suggestions


def test_an_unanswered_pair_rests_for_as_long_as_was_set(
    filled: Database, now: datetime, leader: int
) -> None:
    rule(filled, leader, now, pair_rest=1)
    weeks = [
        {(row.need_id, row.company_id) for row in suggested(filled, do(filled, now, f"2026-W{week}"))}
        for week in (46, 47, 48)
    ]
    assert not weeks[0] & weeks[1]
    assert weeks[0] & weeks[2]


@pytest.mark.parametrize("party", ["company", "partner"])
def test_after_an_introduction_a_party_rests(
    filled: Database, now: datetime, leader: int, party: str
) -> None:
    first = do(filled, now, "2026-W47")
    with filled.Write() as session:
        pair = session.scalars(queries.suggestions(first.id)).first()
        assert pair is not None
        introduced = pair.company_id
        matches.answer(session, leader, pair, AnswerDraft(answer=Answer.YES), now=now)
        session.commit()
    rule(filled, leader, now, **{f"{party}_rest": 2})
    rows = suggested(filled, do(filled, now))
    assert introduced not in {row.company_id for row in rows}
    assert bool(rows) is (party == "company")
    later = now + timedelta(weeks=3)
    assert suggested(filled, do(filled, later))


def test_what_was_drawn_by_lot_is_marked(filled: Database, now: datetime, leader: int) -> None:
    rule(filled, leader, now, control_share=20, partner_share=100)
    run = do(filled, now)
    drawn = [row for row in suggested(filled, run) if row.control]
    assert len(drawn) == len(run.parameters["control"]) == run.suggestions // 5
