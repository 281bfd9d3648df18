"""The round and its suggestions: what an answer does, and what never happens twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.companies.models import Lead
from crm.errors import Conflict, InvalidInput
from crm.matches import operations, queries
from crm.matches.drafts import AnswerDraft, SuggestionDraft, SuggestionFilter, answer_draft, move_draft
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, RunState, Suggestion
from tests.world import NOW, TODAY, World

WEEK = "2026-W48"
COUNTS = {"companies": 2, "needs": 1}
YES = AnswerDraft(answer=Answer.YES)
NO = AnswerDraft(answer=Answer.NO, reason="too_far")
LATER = AnswerDraft(answer=Answer.NOT_NOW, until=TODAY + timedelta(days=30))


def found(world: World, *companies: int) -> list[SuggestionDraft]:
    chosen = companies or (world.company.id, world.other.id)
    return [
        SuggestionDraft(
            need_id=world.need.id, company_id=company, rank=place, score=1.0, probability=0.9 - place / 10
        )
        for place, company in enumerate(chosen, start=1)
    ]


def ran(session: Session, world: World, week: str = WEEK, *companies: int) -> MatchRun:
    run = operations.request_run(session, week, actor_id=world.developer.id, now=NOW)
    claim = operations.claim_run(session, run.id, now=NOW)
    operations.store_run(session, run.id, claim or 0, found(world, *companies), counts=COUNTS, now=NOW)
    session.expire_all()
    return run


def of(session: Session, world: World, company: int) -> Suggestion:
    return next(s for s in session.scalars(queries.of_need(world.need.id)) if s.company_id == company)


def say(session: Session, world: World, company: int, draft: AnswerDraft) -> Introduction | None:
    suggestion = of(session, world, company)
    given = operations.answer(session, world.developer.id, suggestion, draft, now=NOW)
    session.flush()
    return given


def undo(session: Session, world: World, company: int) -> Suggestion:
    session.expire_all()
    suggestion = of(session, world, company)
    operations.withdraw_answer(session, world.developer.id, suggestion)
    session.flush()
    session.expire_all()
    return of(session, world, company)


def test_two_rounds_of_the_same_week_are_one(session: Session, world: World):
    first = operations.request_run(session, WEEK, actor_id=None, now=NOW)
    again = operations.request_run(session, WEEK, actor_id=world.developer.id, now=NOW)
    assert first is again
    assert session.scalar(select(func.count(MatchRun.id))) == 1


def test_a_round_somebody_else_made_in_the_same_moment_is_used(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
):
    theirs = operations.request_run(session, WEEK, actor_id=None, now=NOW)
    monkeypatch.setattr(queries, "find_run", lambda *_: None)
    mine = operations.request_run(session, WEEK, actor_id=world.developer.id, now=NOW)
    assert mine.id == theirs.id


def test_a_failed_round_can_be_asked_for_again(session: Session, world: World):
    run = operations.request_run(session, WEEK, actor_id=None, now=NOW)
    claim = operations.claim_run(session, run.id, now=NOW)
    operations.fail_run(session, run.id, claim or 0, "Disken er full.")
    session.expire_all()
    assert (run.state, run.message) == (RunState.FAILED, "Disken er full.")
    operations.request_run(session, WEEK, actor_id=None, now=NOW)
    assert (run.state, run.message, run.percent) == (RunState.WAITING, "", 0)


def test_a_round_is_claimed_by_one_worker_until_its_lease_runs_out(session: Session, world: World):
    run = operations.request_run(session, WEEK, actor_id=None, now=NOW)
    first = operations.claim_run(session, run.id, now=NOW)
    assert operations.claim_run(session, run.id, now=NOW) is None
    later = NOW + operations.LEASE + timedelta(seconds=1)
    assert operations.claim_run(session, run.id, now=later) == (first or 0) + 1


def test_a_worker_that_lost_its_claim_cannot_store(session: Session, world: World):
    run = operations.request_run(session, WEEK, actor_id=None, now=NOW)
    lost = operations.claim_run(session, run.id, now=NOW) or 0
    later = NOW + operations.LEASE + timedelta(seconds=1)
    held = operations.claim_run(session, run.id, now=later) or 0
    with pytest.raises(Conflict), session.begin_nested():
        operations.store_run(session, run.id, lost, found(world), counts=COUNTS, now=later)
    with pytest.raises(Conflict):
        operations.tell_progress(session, run.id, lost, step="ranking", percent=50, now=later)
    assert operations.store_run(session, run.id, held, found(world), counts=COUNTS, now=later) == 2
    assert session.scalar(select(func.count(Suggestion.id))) == 2


def test_the_same_pair_is_not_offered_again_after_a_no(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, NO)
    far_ahead = TODAY + timedelta(days=900)
    assert queries.barred_pairs(session, today=far_ahead) == {(world.need.id, world.company.id)}


def test_a_not_now_comes_back_after_its_day(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, LATER)
    pair, day = (world.need.id, world.company.id), LATER.until or TODAY
    assert pair in queries.barred_pairs(session, today=day - timedelta(days=1))
    assert pair not in queries.barred_pairs(session, today=day)


def test_a_yes_opens_one_introduction_and_follows_the_company(session: Session, world: World):
    ran(session, world)
    opened = say(session, world, world.other.id, YES)
    again = say(session, world, world.other.id, YES)
    assert opened is not None
    assert again is not None
    assert again.id == opened.id
    assert session.scalar(select(func.count(Introduction.id))) == 1
    lead = session.scalars(select(Lead).where(Lead.company_id == world.other.id)).one()
    assert (lead.owner_id, lead.source) == (world.developer.id, "Forslag")
    assert (world.need.id, world.other.id) in queries.barred_pairs(session, today=TODAY)


def test_a_yes_cannot_become_a_no_while_its_introduction_stands(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, YES)
    with pytest.raises(Conflict):
        say(session, world, world.company.id, NO)


def test_undoing_a_no_offers_the_pair_again(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, NO)
    opened = undo(session, world, world.company.id)
    assert (opened.answer, opened.answer_reason, opened.answered_at, opened.answered_by) == (
        None,
        "",
        None,
        None,
    )
    assert queries.barred_pairs(session, today=TODAY) == set()


def test_undoing_a_yes_takes_back_the_introduction_and_the_lead_it_made(session: Session, world: World):
    ran(session, world)
    say(session, world, world.other.id, YES)
    assert undo(session, world, world.other.id).company.lead is None
    assert session.scalar(select(func.count(Introduction.id))) == 0


def test_undoing_a_yes_leaves_a_lead_that_was_there_before(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, YES)
    assert undo(session, world, world.company.id).company.lead is not None


def test_a_yes_cannot_be_undone_once_both_have_agreed(session: Session, world: World):
    ran(session, world)
    opened = say(session, world, world.company.id, YES)
    assert opened is not None
    operations.move_introduction(session, world.developer.id, opened, move_draft("agreed"), now=NOW)
    with pytest.raises(Conflict):
        undo(session, world, world.company.id)


def test_an_introduction_goes_step_by_step_and_back_again(session: Session, world: World):
    ran(session, world)
    opened = say(session, world, world.company.id, YES)
    assert opened is not None
    with pytest.raises(Conflict):
        operations.move_introduction(session, world.developer.id, opened, move_draft("met"), now=NOW)
    for state in ("agreed", "met", "agreed", "declined", "proposed"):
        draft = move_draft(state, outcome="Passet ikke")
        operations.move_introduction(session, world.developer.id, opened, draft, now=NOW)
    assert opened.state is IntroductionState.PROPOSED


def test_an_introduction_that_came_to_nothing_says_why():
    with pytest.raises(InvalidInput) as refusal:
        move_draft("declined")
    assert refusal.value.field == "outcome"


def test_a_no_says_why_and_a_not_now_until_when():
    with pytest.raises(InvalidInput) as no:
        answer_draft("no", today=TODAY)
    with pytest.raises(InvalidInput) as later:
        answer_draft("not_now", today=TODAY, until=TODAY)
    assert (no.value.field, later.value.field) == ("reason", "until")


def test_what_was_answered_is_told_to_the_matchmaker(session: Session, world: World):
    ran(session, world)
    say(session, world, world.company.id, NO)
    said = list(queries.said(session))
    assert [(one.company_id, one.answer) for one in said] == [(world.company.id, Answer.NO)]


def test_a_list_can_be_narrowed_to_open_ones_an_owner_a_segment_and_a_need(session: Session, world: World):
    run = ran(session, world)
    say(session, world, world.other.id, NO)

    def companies(**wanted: object) -> list[int]:
        rows = session.scalars(queries.suggestions(run.id, SuggestionFilter(**wanted)))  # type: ignore[arg-type]
        return [row.company_id for row in rows.unique()]

    both = [world.company.id, world.other.id]
    assert companies() == both
    assert companies(answered=False) == [world.company.id]
    assert companies(answered=True) == [world.other.id]
    assert companies(owner=world.developer.id) == [world.company.id]
    assert companies(owner=world.developer.id, unowned=True) == both
    assert companies(owner=world.reader.id) == []
    assert companies(segment="helse") == both
    assert companies(segment="beredskap") == []
    assert companies(need=world.need.id) == both
    assert companies(need=world.need.id + 1) == []
    assert companies(by_company=True) == both
    assert queries.answer_counts(session, run.id, SuggestionFilter(answered=True)) == (1, 1)


def test_a_closed_need_is_no_longer_to_be_answered(session: Session, world: World):
    run = ran(session, world)
    world.need.closed = True
    session.flush()
    assert session.scalars(queries.best_unanswered(run.id)).unique().all() == []


def test_a_company_shows_each_need_once_from_the_newest_round(session: Session, world: World):
    ran(session, world, "2026-W47")
    newest = ran(session, world, WEEK)
    shown = session.scalars(queries.of_company(world.company.id)).unique().all()
    assert [one.run_id for one in shown] == [newest.id]
