"""Acts on runs, suggestions and introductions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm import clock
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft
from crm.errors import Conflict
from crm.history import operations as history
from crm.matches import introduced, queries
from crm.matches.drafts import AnswerDraft, MoveDraft, SuggestionDraft
from crm.matches.models import (
    STEPS,
    SUGGESTED,
    Answer,
    Introduction,
    IntroductionState,
    MatchRun,
    RunState,
    Suggestion,
)

LEASE = timedelta(minutes=2)


def request_run(session: Session, week: str, *, actor_id: int | None, now: datetime) -> MatchRun:
    """The round of a week, made if nobody has asked for it.

    A failed one is put back in the queue, and so is a finished one when needs have come since: it then keeps
    what was answered and suggests the rest anew.
    """
    run = queries.find_run(session, week)
    if run is None:
        return _new_run(session, week, actor_id=actor_id, now=now)
    if run.state is RunState.FAILED or (
        run.state is RunState.DONE and queries.has_news(session, run, now=now)
    ):
        run.state, run.message, run.percent, run.step = RunState.WAITING, "", 0, ""
    return run


def _new_run(session: Session, week: str, *, actor_id: int | None, now: datetime) -> MatchRun:
    """A round in the queue; where somebody else made it in the same moment, theirs."""
    run = MatchRun(week=week, state=RunState.WAITING, asked_by_id=actor_id, created_at=now, parameters={})
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        return session.scalars(
            select(MatchRun).where(MatchRun.week == week, MatchRun.need_id.is_(None))
        ).one()
    return run


def request_search(session: Session, need_id: int, *, actor_id: int | None, now: datetime) -> MatchRun:
    """Ask for companies for one need, apart from the week's round.

    A search that waits already will do; one at work is begun anew, as the need may have been rewritten.
    """
    last = queries.last_search(session, need_id)
    if last is not None and last.state in {RunState.WAITING, RunState.RUNNING}:
        last.state, last.percent, last.step = RunState.WAITING, 0, ""
        return last
    week = clock.iso_week(now)
    search = MatchRun(need_id=need_id, week=week, asked_by_id=actor_id, created_at=now, parameters={})
    session.add(search)
    return search


def claim_run(session: Session, run_id: int, *, now: datetime) -> int | None:
    """Take a round to work on; the fencing number, or None when another worker holds it or it is done."""
    free = (MatchRun.state == RunState.WAITING) | (
        (MatchRun.state == RunState.RUNNING) & (MatchRun.lease_until < now)
    )
    taken = session.execute(
        update(MatchRun)
        .where(MatchRun.id == run_id, free)
        .values(state=RunState.RUNNING, claim=MatchRun.claim + 1, lease_until=now + LEASE, started_at=now)
        .returning(MatchRun.claim)
        .execution_options(synchronize_session=False)
    ).first()
    return taken[0] if taken else None


def tell_progress(
    session: Session, run_id: int, claim: int, *, step: str, percent: int, now: datetime
) -> None:
    """Say how far the round has come and keep the lease; Conflict when the claim has been lost."""
    _fenced(session, run_id, claim, step=step, percent=percent, lease_until=now + LEASE)


def store_run(
    session: Session,
    run_id: int,
    claim: int,
    found: Iterable[SuggestionDraft],
    *,
    counts: dict[str, Any],
    now: datetime,
) -> int:
    """Keep a round's suggestions and close it, in one transaction; Conflict when the claim has been lost."""
    unanswered = delete(Suggestion).where(Suggestion.run_id == run_id, Suggestion.answer.is_(None))
    session.execute(unanswered.execution_options(synchronize_session=False))
    answered = session.scalar(select(func.count(Suggestion.id)).where(Suggestion.run_id == run_id)) or 0
    kept = [Suggestion(run_id=run_id, **_as_row(draft)) for draft in found]
    session.add_all(kept)
    session.flush()
    _clear_overtaken(session, session.get_one(MatchRun, run_id))
    _fenced(
        session,
        run_id,
        claim,
        state=RunState.DONE,
        step="done",
        percent=100,
        finished_at=now,
        lease_until=None,
        suggestions=answered + len(kept),
        **counts,
    )
    return answered + len(kept)


def _clear_overtaken(session: Session, run: MatchRun) -> None:
    """Take away what nobody answered and this run overtakes.

    A search for a need overtakes all that was suggested for it before, as the need may have been rewritten;
    a round overtakes what searches suggested of the pairs it suggests itself.
    """
    left = delete(Suggestion).where(Suggestion.answer.is_(None), Suggestion.run_id != run.id)
    if run.need_id is None:
        searches = select(MatchRun.id).where(MatchRun.need_id.is_not(None))
        pairs = select(Suggestion.need_id, Suggestion.company_id).where(Suggestion.run_id == run.id)
        again = tuple_(Suggestion.need_id, Suggestion.company_id).in_(pairs)
        left = left.where(Suggestion.run_id.in_(searches), again)
    else:
        left = left.where(Suggestion.need_id == run.need_id)
    session.execute(left.execution_options(synchronize_session=False))


def fail_run(session: Session, run_id: int, claim: int, message: str) -> None:
    """Write down why a round could not be finished; it can be asked for again."""
    _fenced(session, run_id, claim, state=RunState.FAILED, message=message[:2000], lease_until=None)


def _fenced(session: Session, run_id: int, claim: int, **values: Any) -> None:
    mine = update(MatchRun).where(
        MatchRun.id == run_id, MatchRun.claim == claim, MatchRun.state == RunState.RUNNING
    )
    touched: Any = session.execute(mine.values(**values).execution_options(synchronize_session=False))
    if touched.rowcount != 1:
        raise Conflict("En annen prosess har tatt over runden.")


def _as_row(draft: SuggestionDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in SuggestionDraft.__dataclass_fields__}


def answer(
    session: Session, actor_id: int, suggestion: Suggestion, draft: AnswerDraft, *, now: datetime
) -> Introduction | None:
    """Answer a suggestion; a yes opens an introduction and follows the company."""
    existing = introduced.find_introduction(session, suggestion.need_id, suggestion.company_id)
    if suggestion.answer is Answer.YES and draft.answer is not Answer.YES and existing:
        raise Conflict("Det er alt opprettet en kobling. Avslutt koblingen i stedet.")
    suggestion.answer, suggestion.answer_reason = draft.answer, draft.reason
    suggestion.answered_at, suggestion.answered_by_id = now, actor_id
    suggestion.snoozed_until = draft.until
    history.record(session, actor_id, "suggestion:answer", subject=suggestion)
    if draft.answer is not Answer.YES:
        return None
    return existing or _introduce(session, actor_id, suggestion, now=now)


def withdraw_answer(session: Session, actor_id: int, suggestion: Suggestion) -> None:
    """Undo an answer; an introduction nobody has moved on goes with it, and a lead the yes alone made."""
    opened = introduced.find_introduction(session, suggestion.need_id, suggestion.company_id)
    if suggestion.answer is Answer.YES and opened:
        if opened.state is not IntroductionState.PROPOSED:
            raise Conflict("Koblingen er alt i gang. Avslutt den i stedet.")
        history.record(session, actor_id, "introduction:withdraw", subject=opened, changes={})
        session.delete(opened)
        _unfollow_untouched(session, actor_id, suggestion)
    suggestion.answer, suggestion.answer_reason, suggestion.snoozed_until = None, "", None
    suggestion.answered_at, suggestion.answered_by_id = None, None
    history.record(session, actor_id, "suggestion:reopen", subject=suggestion)


def _unfollow_untouched(session: Session, actor_id: int, suggestion: Suggestion) -> None:
    lead = suggestion.company.lead
    if lead and lead.source == SUGGESTED and lead.created_at == suggestion.answered_at and lead.version == 1:
        companies.unfollow(session, actor_id, lead)


def _introduce(session: Session, actor_id: int, suggestion: Suggestion, *, now: datetime) -> Introduction:
    if suggestion.company.lead is None:
        wanted = frozenset(segment.code for segment in suggestion.need.segments)
        draft = LeadDraft(segments=wanted, source=SUGGESTED, owner_id=actor_id)
        companies.follow(session, actor_id, suggestion.company, draft, now=now)
    introduction = Introduction(
        suggestion_id=suggestion.id,
        need_id=suggestion.need_id,
        company_id=suggestion.company_id,
        state=IntroductionState.PROPOSED,
        state_since=now,
        opened_by_id=actor_id,
        created_at=now,
    )
    session.add(introduction)
    history.record(session, actor_id, "introduction:open", subject=introduction)
    return introduction


def move_introduction(
    session: Session, actor_id: int, introduction: Introduction, draft: MoveDraft, *, now: datetime
) -> None:
    """Tell how far an introduction has come; Conflict for a step that cannot follow the present one."""
    if draft.state is not introduction.state:
        if draft.state not in STEPS[introduction.state]:
            raise Conflict(
                "Koblingen er kommet videre i mellomtiden. Last siden på nytt, og se hva som står."
            )
        introduction.state, introduction.state_since = draft.state, now
    introduction.outcome = draft.outcome
    history.record(session, actor_id, "introduction:move", subject=introduction)


def forget_quotes(session: Session, company_ids: Collection[int]) -> None:
    """Erase what suggestions quote of companies the register has removed; the answers stay."""
    quoting = update(Suggestion).where(Suggestion.company_id.in_(company_ids))
    session.execute(quoting.values(reasons=[], against={}), execution_options={"synchronize_session": False})
