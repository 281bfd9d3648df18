"""Questions about runs, suggestions and introductions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from crm.companies.models import Company, Lead
from crm.errors import NotFound
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, RunState, Suggestion
from crm.partners.models import Need
from crm.segments.models import Segment


@dataclass(frozen=True, slots=True)
class Said:
    """What was last answered for a pair, for the matchmaker to learn from."""

    need_id: int
    company_id: int
    answer: Answer
    at: datetime


def find_run(session: Session, week: str) -> MatchRun | None:
    return session.scalar(select(MatchRun).where(MatchRun.week == week))


def last_done(session: Session) -> MatchRun | None:
    """The newest finished round."""
    done = select(MatchRun).where(MatchRun.state == RunState.DONE)
    return session.scalars(done.order_by(MatchRun.week.desc()).limit(1)).first()


def runs() -> Select[MatchRun]:
    return select(MatchRun).order_by(MatchRun.week.desc())


def unfinished(*, now: datetime) -> Select[MatchRun]:
    """Rounds nobody is working on: waiting ones, and those whose worker fell silent."""
    abandoned = and_(MatchRun.state == RunState.RUNNING, MatchRun.lease_until < now)
    return select(MatchRun).where(or_(MatchRun.state == RunState.WAITING, abandoned)).order_by(MatchRun.week)


def get_suggestion(session: Session, suggestion_id: int) -> Suggestion:
    found = session.scalars(_suggestions().where(Suggestion.id == suggestion_id)).first()
    if found is None:
        raise NotFound("Fant ikke forslaget. Det kan være slettet.")
    return found


def suggestions(
    run_id: int, *, answered: bool | None = None, segment: str = "", owner: int | None = None
) -> Select[Suggestion]:
    """One round's suggestions, need by need, best first."""
    chosen = _suggestions().where(Suggestion.run_id == run_id)
    if answered is not None:
        chosen = chosen.where(Suggestion.answer.is_not(None) if answered else Suggestion.answer.is_(None))
    if segment:
        chosen = chosen.where(Need.segments.any(Segment.code == segment))
    if owner:
        chosen = chosen.where(Lead.owner_id == owner)
    return chosen.order_by(Suggestion.need_id, Suggestion.rank, Suggestion.id)


def best_unanswered(run_id: int, *, owner: int | None = None) -> Select[Suggestion]:
    """One round's open suggestions, the surest first; one owner's and nobody's where an owner is given."""
    chosen = _suggestions().where(Suggestion.run_id == run_id, Suggestion.answer.is_(None))
    if owner:
        chosen = chosen.where(or_(Lead.owner_id == owner, Lead.owner_id.is_(None)))
    return chosen.order_by(Suggestion.probability.desc(), Suggestion.id)


def of_company(company_id: int) -> Select[Suggestion]:
    """What was suggested for a company, newest round first, the surest first, each need once."""
    return _newest_of_pair(Suggestion.company_id == company_id)


def of_need(need_id: int) -> Select[Suggestion]:
    """What was suggested for a need, newest round first, the surest first, each company once."""
    return _newest_of_pair(Suggestion.need_id == need_id)


def _newest_of_pair(rule: object) -> Select[Suggestion]:
    later = aliased(Suggestion)
    newest = (
        select(func.max(later.run_id))
        .where(later.need_id == Suggestion.need_id, later.company_id == Suggestion.company_id)
        .correlate(Suggestion)
        .scalar_subquery()
    )
    chosen = _suggestions().where(rule, Suggestion.run_id == newest)  # type: ignore[arg-type]
    return chosen.order_by(Suggestion.run_id.desc(), Suggestion.probability.desc(), Suggestion.id)


def _suggestions() -> Select[Suggestion]:
    return (
        select(Suggestion)
        .join(Suggestion.need)
        .join(Suggestion.company)
        .outerjoin(Company.lead)
        .options(
            contains_eager(Suggestion.need).options(joinedload(Need.partner), selectinload(Need.segments)),
            contains_eager(Suggestion.company).contains_eager(Company.lead).joinedload(Lead.owner),
            joinedload(Suggestion.answered_by),
            joinedload(Suggestion.run),
        )
    )


def said(session: Session) -> Iterator[Said]:
    """Every answer given so far, oldest first."""
    answered = select(
        Suggestion.need_id, Suggestion.company_id, Suggestion.answer, Suggestion.answered_at
    ).where(Suggestion.answer.is_not(None))
    for need_id, company_id, answer, at in session.execute(answered.order_by(Suggestion.answered_at)):
        if answer is not None and at is not None:
            yield Said(need_id, company_id, answer, at)


def barred_pairs(session: Session, *, today: date) -> set[tuple[int, int]]:
    """Pairs not to be offered again: refused for good, asleep until later, or already brought together."""
    refused = Suggestion.answer == Answer.NO
    asleep = and_(Suggestion.answer == Answer.NOT_NOW, Suggestion.snoozed_until > today)
    answered = session.execute(select(Suggestion.need_id, Suggestion.company_id).where(or_(refused, asleep)))
    brought = session.execute(select(Introduction.need_id, Introduction.company_id))
    return {(need, company) for need, company in answered} | {(need, company) for need, company in brought}


def get_introduction(session: Session, introduction_id: int) -> Introduction:
    found = session.scalars(introductions().where(Introduction.id == introduction_id)).first()
    if found is None:
        raise NotFound("Fant ikke koblingen. Den kan være slettet.")
    return found


def introductions(state: IntroductionState | None = None) -> Select[Introduction]:
    """Introductions, newest first, with both sides."""
    chosen = select(Introduction).options(
        joinedload(Introduction.need).options(joinedload(Need.partner), joinedload(Need.contact)),
        joinedload(Introduction.company),
        joinedload(Introduction.opened_by),
    )
    if state:
        chosen = chosen.where(Introduction.state == state)
    return chosen.order_by(Introduction.created_at.desc(), Introduction.id.desc())


def find_introduction(session: Session, need_id: int, company_id: int) -> Introduction | None:
    pair = (Introduction.need_id == need_id, Introduction.company_id == company_id)
    return session.scalars(introductions().where(*pair)).first()
