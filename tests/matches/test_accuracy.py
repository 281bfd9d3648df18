"""How suggestions fared, counted by hand beside the database's count."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.companies.models import Company
from crm.matches import accuracy
from crm.matches.accuracy import Outcome, Tally
from crm.matches.control import Difference, against_lot
from crm.matches.intervals import newcombe, wilson
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, Suggestion
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, PartnerDraft
from crm.partners.models import Need, PartnerKind
from tests.world import NOW, World

SINCE = "2026-W40"
YES, LATER, NO = Answer.YES, Answer.NOT_NOW, Answer.NO
ANSWERS = [YES, YES, YES, LATER, NO, NO, NO, None]
REASONS = ["", "", "", "", "too_far: for langt å kjøre", "too_far", "wrong_industry", ""]


def run_of(session: Session, week: str) -> MatchRun:
    run = MatchRun(week=week)
    session.add(run)
    session.flush()
    return run


def suggest(
    session: Session, run: MatchRun, need: Need, company: Company, answer: Answer | None, reason: str = ""
) -> None:
    row = Suggestion(run_id=run.id, need_id=need.id, company_id=company.id, rank=1, score=1.0)
    row.probability, row.reasons, row.against = 0.5, [], {}
    row.answer, row.answer_reason = answer, reason
    row.answered_at = NOW if answer else None
    session.add(row)
    session.flush()


def firms(session: Session, number: int, employees: int | None) -> list[Company]:
    drafts = [
        CompanyDraft(name=f"Firma {employees} {place} AS", employees=employees) for place in range(number)
    ]
    return [companies.create_company(session, None, draft, now=NOW) for draft in drafts]


def introduce(session: Session, world: World, company: Company, state: IntroductionState) -> None:
    pair = Introduction(need_id=world.need.id, company_id=company.id, state=state, state_since=NOW)
    pair.opened_by_id = world.developer.id
    session.add(pair)
    session.flush()


@pytest.fixture
def fared(session: Session, world: World) -> World:
    """Eight pairs of the hospital, three of them with large firms, one of the council, and one long ago."""
    chosen = [*firms(session, 3, 25), *firms(session, 2, 9), *firms(session, 3, None)]
    before, run, old = (run_of(session, week) for week in ("2026-W47", "2026-W48", "2026-W20"))
    suggest(session, before, world.need, chosen[0], None)  # the same pair again, unanswered at first
    suggest(session, before, world.need, chosen[4], LATER)  # a no after a not now
    for company, answer, reason in zip(chosen, ANSWERS, REASONS, strict=True):
        suggest(session, run, world.need, company, answer, reason)
    suggest(session, old, world.need, world.other, YES)
    introduce(session, world, chosen[0], IntroductionState.MET)
    introduce(session, world, chosen[1], IntroductionState.PROPOSED)
    council = partners.create_partner(
        session, None, PartnerDraft(name="Kommunen", kind=PartnerKind.MUNICIPALITY)
    )
    theirs = partners.create_need(
        session, None, council, NeedDraft(title="Snø", text="Vi trenger noen som måker.")
    )
    suggest(session, run, theirs, chosen[0], None)
    return world


def test_each_pair_is_counted_once_with_its_last_answer(session: Session, fared: World):
    total = accuracy.in_all(session, SINCE)
    assert total == Tally(suggested=9, yes=3, not_now=1, no=3, opened=2, met=1)
    assert (total.answered, total.decided, total.enough, total.share) == (7, 6, True, 0.5)


def test_segments_and_partners_have_their_own_rows(session: Session, fared: World):
    hospital = Tally(suggested=8, yes=3, not_now=1, no=3, opened=2, met=1)
    segments = [(segment.code, tally) for segment, tally in accuracy.by_segment(session, SINCE)]
    assert segments == [("helse", hospital)]
    named = [(partner.name, tally) for partner, tally in accuracy.by_partner(session, SINCE)]
    assert named == [("Kommunen", Tally(1, 0, 0, 0, 0, 0)), ("Sykehuset", hospital)]


def test_firms_of_unknown_size_count_among_the_small(session: Session, fared: World):
    assert accuracy.by_size(session, SINCE) == {
        False: Tally(suggested=5, yes=0, not_now=1, no=3, opened=0, met=0),
        True: Tally(suggested=4, yes=3, not_now=0, no=0, opened=2, met=1),
    }


def test_the_commonest_reason_for_no_comes_first_without_what_was_added(session: Session, fared: World):
    assert accuracy.reasons_for_no(session, SINCE) == [("too_far", 2), ("wrong_industry", 1)]


def test_companies_are_told_apart_by_where_we_had_them_from(session: Session, fared: World):
    run = session.scalars(select(MatchRun).where(MatchRun.week == "2026-W48")).one()
    suggest(session, run, fared.need, fared.company, YES)
    told = dict(accuracy.by_source(session, SINCE))
    assert (told["Rørløft"].yes, told["Rørløft"].suggested) == (1, 1)
    assert told[None].suggested == 9


def test_a_pair_counts_as_drawn_where_the_model_never_chose_it(session: Session, fared: World):
    assert against_lot(session, SINCE) == []
    for suggestion in session.scalars(select(Suggestion).join(Suggestion.run)):
        suggestion.control = suggestion.run_id == fared_run(session)
    session.flush()
    [yes, opened, met] = against_lot(session, SINCE)
    assert (yes.outcome, yes.chosen, yes.drawn, yes.verdict) == (Outcome.YES, (1, 2), (2, 4), "too_few")
    assert (opened.chosen, opened.drawn) == ((1, 2), (1, 7))
    assert (met.chosen, met.drawn) == ((1, 2), (0, 7))


def fared_run(session: Session) -> int:
    return session.scalars(select(MatchRun.id).where(MatchRun.week == "2026-W48")).one()


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), table II: his examples a, d and g by method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
):
    assert newcombe(first, second) == pytest.approx((low, high), abs=0.0001)


def test_a_difference_is_told_as_sure_only_where_the_interval_leaves_out_none():
    verdicts = [
        Difference(Outcome.YES, chosen, (5, 20)).verdict for chosen in ((18, 20), (6, 20), (0, 20), (1, 4))
    ]
    assert verdicts == ["better", "unsure", "worse", "too_few"]


def test_before_any_round_everything_is_nought(session: Session, world: World):
    assert accuracy.in_all(session, SINCE) == Tally(0, 0, 0, 0, 0, 0)
    assert accuracy.by_size(session, SINCE) == {}


@pytest.mark.parametrize(
    ("yes", "total", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (14, 40, 0.2213, 0.5049),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilsons(yes: int, total: int, low: float, high: float):
    assert wilson(yes, total) == pytest.approx((low, high), abs=0.0001)
