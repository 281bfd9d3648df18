"""What Min uke shows: the figures, and the first rows behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities import queries as activities
from crm.activities.models import FollowUp
from crm.activities.queries import Bounds
from crm.companies import due, lists
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company
from crm.events import queries as events
from crm.events.models import Event
from crm.matches import introduced
from crm.matches import queries as matches
from crm.matches.drafts import SuggestionFilter
from crm.matches.models import ONGOING, MatchRun, Suggestion
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.web.access import actor_id, allowed
from crm.web.session import db

QUIET = timedelta(days=60)
_FOLLOW_UPS, _SUGGESTIONS, _QUIET, _WAKING, _EVENTS, _DUE = 8, 6, 5, 5, 6, 6


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is of each; every figure leads to exactly its rows."""

    suggestions: int
    follow_ups: int
    quiet: int
    introductions: int


@dataclass(frozen=True, slots=True)
class Week:
    """One person's week, or the whole team's."""

    run: MatchRun | None
    shown: MatchRun | None
    figures: Figures
    follow_ups: Sequence[FollowUp]
    more_follow_ups: bool
    suggestions: Sequence[Suggestion]
    quiet: Sequence[Company]
    waking: Sequence[Company]
    due_contact: Sequence[Company]
    events: Sequence[Event]
    more_events: int


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far a new team has come towards its first round."""

    companies: bool
    need: bool


def who() -> str:
    """Whose week: mine, or for one who only reads, everybody's; 400 for what is neither."""
    chosen = request.args.get("who") or ("me" if allowed(Permission.ACTIVITY_WRITE) else "all")
    if chosen not in {"me", "all"}:
        abort(400)
    return chosen


def owner_of(whose: str) -> int | None:
    return actor_id() if whose == "me" else None


def sunday(day: date) -> date:
    """The last day of a day's week."""
    return day + timedelta(days=6 - day.weekday())


def due_bounds(today: date) -> dict[str, Bounds]:
    """The first and last day of each group of follow-ups; the groups that overlap are for other pages."""
    one, end = timedelta(days=1), sunday(today)
    return {
        "all": (None, None),
        "late": (None, today - one),
        "day": (today, today),
        "tomorrow": (today + one, today + one),
        "rest": (today + 2 * one, max(end, today + one)),
        "later": (max(end, today + one) + one, None),
        "today": (None, today),
        "week": (None, end),
    }


def week_of(owner: int | None) -> Week:
    """Everything the page shows, the rows of each part at most eight."""
    session, today, now = db(), clock.today(), clock.now()
    run, shown = matches.this_week_and_last_done(session, clock.iso_week(now))
    steps = session.scalars(
        activities.open_follow_ups(owner, until=sunday(today)).limit(_FOLLOW_UPS + 1)
    ).all()
    first = due.first_due(session, owner, quiet_before=now - QUIET, today=today, until=sunday(today))
    figures, open_events = _figures(session, owner, shown)
    return Week(
        run=run,
        shown=shown,
        figures=figures,
        follow_ups=steps[:_FOLLOW_UPS],
        more_follow_ups=len(steps) > _FOLLOW_UPS,
        suggestions=_best(session, owner, shown),
        quiet=first.quiet[:_QUIET],
        events=session.scalars(events.open_events(owner).limit(_EVENTS)).unique().all(),
        more_events=max(0, open_events - _EVENTS),
        waking=first.waking[:_WAKING],
        due_contact=first.contact[:_DUE],
    )


def first_steps() -> FirstSteps:
    """What is in place before the first round."""
    ours = lists.count_up_to(db(), CompanyFilter(followed=False), most=0)
    return FirstSteps(
        companies=bool(ours or registry.count_units(db())),
        need=partners.any_open(db(), today=clock.today()),
    )


def _figures(session: Session, owner: int | None, shown: MatchRun | None) -> tuple[Figures, int]:
    """The figures, and how many events are open, in one question."""
    wanted = SuggestionFilter(answered=False, owner=owner, unowned=owner is not None)
    asked = [
        activities.counted_follow_ups(owner, until=clock.today()),
        due.counted_quiet(owner, before=clock.now() - QUIET),
        introduced.counted_introductions(ONGOING, opened_by=owner),
        events.counted_open(owner),
    ]
    asked += [matches.counted_unanswered(shown.id, wanted)] if shown else []
    row = session.execute(select(*(one.scalar_subquery() for one in asked))).one()
    waiting = row[4] if shown else 0
    return Figures(suggestions=waiting, follow_ups=row[0], quiet=row[1], introductions=row[2]), row[3]


def _best(session: Session, owner: int | None, shown: MatchRun | None) -> Sequence[Suggestion]:
    if shown is None:
        return []
    return session.scalars(matches.best_unanswered(shown.id, owner=owner).limit(_SUGGESTIONS)).unique().all()
