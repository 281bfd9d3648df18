"""Questions about runs, suggestions and introductions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from crm import clock
from crm.companies.models import Company, Lead
from crm.errors import NotFound
from crm.matches.drafts import SuggestionFilter
from crm.matches.models import Answer, Introduction, MatchRun, RunState, Suggestion
from crm.partners.models import Need
from crm.partners.queries import is_open
from crm.registry.queries import count_units
from crm.rules.queries import is_never
from crm.segments.models import Segment


@dataclass(frozen=True, slots=True)
class Said:
    """What was last answered for a pair, for the matchmaker to learn from."""

    need_id: int
    company_id: int
    answer: Answer
    at: datetime


# Searches for one need lie beside the rounds, in the same table.
_IS_ROUND = MatchRun.need_id.is_(None)


def find_run(session: Session, week: str) -> MatchRun | None:
    return session.scalar(select(MatchRun).where(MatchRun.week == week, _IS_ROUND))


def has_news(session: Session, run: MatchRun, *, now: datetime) -> bool:
    """Whether a finished round would find more: needs written since, or the first companies."""
    since, today = run.finished_at or now, now.astimezone(clock.OSLO).date()
    fresh = select(Need.id).where(is_open(today), Need.created_at > since).limit(1)
    if session.scalar(fresh):
        return True
    return run.companies == 0 and bool(session.scalar(select(Lead.id).limit(1)) or count_units(session))


def last_done(session: Session) -> MatchRun | None:
    """The newest finished round."""
    done = select(MatchRun).where(MatchRun.state == RunState.DONE, _IS_ROUND)
    return session.scalars(done.order_by(MatchRun.week.desc()).limit(1)).first()


def last_two_done(session: Session) -> list[MatchRun]:
    """The newest finished rounds that ranked anything, at most two, newest first."""
    worth = (MatchRun.companies > 0, MatchRun.needs > 0)
    done = select(MatchRun).where(MatchRun.state == RunState.DONE, _IS_ROUND, *worth)
    return list(session.scalars(done.order_by(MatchRun.week.desc()).limit(2)))


def runs() -> Select[MatchRun]:
    return select(MatchRun).where(_IS_ROUND).order_by(MatchRun.week.desc())


def unfinished(*, now: datetime) -> Select[MatchRun]:
    """Rounds nobody is working on: waiting ones, and those whose worker fell silent."""
    return select(MatchRun).where(_IS_ROUND, _is_free(now)).order_by(MatchRun.week)


def unfinished_searches(*, now: datetime) -> Select[MatchRun]:
    """As ``unfinished``, for searches for one need, the oldest first."""
    return select(MatchRun).where(~_IS_ROUND, _is_free(now)).order_by(MatchRun.id)


def _is_free(now: datetime) -> ColumnElement[bool]:
    abandoned = and_(MatchRun.state == RunState.RUNNING, MatchRun.lease_until < now)
    return or_(MatchRun.state == RunState.WAITING, abandoned)


def last_search(session: Session, need_id: int) -> MatchRun | None:
    """The newest search for a need, however far it has come."""
    asked = select(MatchRun).where(MatchRun.need_id == need_id).order_by(MatchRun.id.desc())
    return session.scalars(asked.limit(1)).first()


def get_suggestion(session: Session, suggestion_id: int) -> Suggestion:
    found = session.scalars(_suggestions().where(Suggestion.id == suggestion_id)).first()
    if found is None:
        raise NotFound("Fant ikke forslaget. Det kan være slettet.")
    return found


def this_week_and_last_done(session: Session, week: str) -> tuple[MatchRun | None, MatchRun | None]:
    """The round of a week, however far it has come, and the newest finished one; often the same."""
    telling = or_(MatchRun.week == week, MatchRun.state == RunState.DONE)
    newest = session.scalars(runs().where(telling).limit(2)).all()
    asked = next((run for run in newest if run.week == week), None)
    return asked, next((run for run in newest if run.state is RunState.DONE), None)


def suggestions(run_id: int, wanted: SuggestionFilter | None = None) -> Select[Suggestion]:
    """One round's suggestions, need by need or company by company, best first."""
    wanted = wanted or SuggestionFilter()
    chosen = _suggestions().where(*_rules(run_id, wanted))
    if wanted.by_company:
        return chosen.order_by(
            Company.sort_key, Company.id, Suggestion.probability.desc(), Suggestion.need_id
        )
    return chosen.order_by(Need.sort_key, Need.id, Suggestion.rank, Suggestion.id)


def answer_counts(session: Session, run_id: int, wanted: SuggestionFilter) -> tuple[int, int]:
    """How many of a round's suggestions a filter leaves open and answered, whichever it asks for."""
    counted = select(func.count(Suggestion.id), func.count(Suggestion.answer))
    joined = counted.join(Suggestion.need).join(Suggestion.company).outerjoin(Company.lead)
    total, answered = session.execute(joined.where(*_rules(run_id, replace(wanted, answered=None)))).one()
    return total - answered, answered


def counted_unanswered(run_id: int, wanted: SuggestionFilter) -> Select[int]:
    """The question of how many of a round's suggestions wait for an answer, to be asked with others."""
    counted = select(func.count(Suggestion.id)).join(Suggestion.need).join(Suggestion.company)
    return counted.outerjoin(Company.lead).where(*_rules(run_id, replace(wanted, answered=False)))


@dataclass(frozen=True, slots=True)
class NeedChoice:
    """A need one may narrow a round to, or one written too late for it."""

    id: int
    title: str
    created_at: datetime
    suggested: bool


def need_choices(session: Session, run_id: int, *, today: date) -> list[NeedChoice]:
    """The needs a round suggests companies for, and the open ones it has nothing for, by title."""
    inside = Need.id.in_(select(Suggestion.need_id).where(Suggestion.run_id == run_id))
    asked = select(Need.id, Need.title, Need.created_at, inside).where(or_(inside, is_open(today)))
    return [NeedChoice(*row) for row in session.execute(asked.order_by(Need.sort_key, Need.id))]


def best_unanswered(run_id: int, *, owner: int | None = None) -> Select[Suggestion]:
    """One round's open suggestions, the surest first; one owner's and nobody's where an owner is given."""
    wanted = SuggestionFilter(answered=False, owner=owner, unowned=True)
    chosen = _suggestions().where(*_rules(run_id, wanted))
    return chosen.order_by(Suggestion.probability.desc(), Suggestion.id)


def _rules(run_id: int, wanted: SuggestionFilter) -> list[ColumnElement[bool]]:
    """What a filter leaves of a round; a need closed since is no longer to be answered."""
    rules: list[ColumnElement[bool] | None] = [
        Suggestion.run_id == run_id,
        or_(Suggestion.answer.is_not(None), and_(Need.closed.is_(False), ~is_never(Suggestion.company_id))),
        Suggestion.answer.is_not(None) if wanted.answered else None,
        Suggestion.answer.is_(None) if wanted.answered is False else None,
        Need.segments.any(Segment.code == wanted.segment) if wanted.segment else None,
        Suggestion.need_id == wanted.need if wanted.need else None,
        _of_owner(wanted),
    ]
    return [rule for rule in rules if rule is not None]


def _of_owner(wanted: SuggestionFilter) -> ColumnElement[bool] | None:
    nobody = Lead.owner_id.is_(None)
    if wanted.owner:
        mine = Lead.owner_id == wanted.owner
        return or_(mine, nobody) if wanted.unowned else mine
    return None


def of_company(company_id: int) -> Select[Suggestion]:
    """What was suggested for a company, newest round first, the surest first, each need once."""
    return _newest_of_pair(Suggestion.company_id == company_id)


def of_need(need_id: int) -> Select[Suggestion]:
    """What was suggested for a need, newest round first, the surest first, each company once."""
    return _newest_of_pair(Suggestion.need_id == need_id)


def awaiting_of_needs(session: Session, need_ids: Collection[int]) -> dict[int, int]:
    """How many suggestions of each need nobody has answered yet, in one question; see ``of_need``."""
    open_ones = (
        select(Suggestion.need_id, func.count())
        .join(Suggestion.need)
        .where(
            Suggestion.need_id.in_(need_ids),
            Suggestion.answer.is_(None),
            Suggestion.run_id == _newest_run(),
            ~is_never(Suggestion.company_id),
        )
    )
    return {row[0]: row[1] for row in session.execute(open_ones.group_by(Suggestion.need_id))}


def _newest_of_pair(rule: object) -> Select[Suggestion]:
    told = or_(Suggestion.answer.is_not(None), ~is_never(Suggestion.company_id))
    chosen = _suggestions().where(rule, told, Suggestion.run_id == _newest_run())  # type: ignore[arg-type]
    return chosen.order_by(Suggestion.run_id.desc(), Suggestion.probability.desc(), Suggestion.id)


def _newest_run() -> ScalarSelect[int]:
    """The newest round that suggested the same pair."""
    later = aliased(Suggestion)
    same_pair = (later.need_id == Suggestion.need_id, later.company_id == Suggestion.company_id)
    return select(func.max(later.run_id)).where(*same_pair).correlate(Suggestion).scalar_subquery()


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


def count_answers(session: Session) -> int:
    return session.scalar(select(func.count(Suggestion.answer))) or 0


def barred_pairs(session: Session, *, today: date) -> set[tuple[int, int]]:
    """Pairs not to be offered again: refused for good, asleep until later, or already brought together."""
    refused = Suggestion.answer == Answer.NO
    asleep = and_(Suggestion.answer == Answer.NOT_NOW, Suggestion.snoozed_until > today)
    answered = session.execute(select(Suggestion.need_id, Suggestion.company_id).where(or_(refused, asleep)))
    brought = session.execute(select(Introduction.need_id, Introduction.company_id))
    return {(need, company) for need, company in answered} | {(need, company) for need, company in brought}
