"""Questions about what has happened with a company: contacts, follow-ups, stages, answers, news."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from crm import clock
from crm.accounts.models import User
from crm.activities.models import Activity, FollowUp
from crm.activities.queries import activities
from crm.companies.models import Company
from crm.events.models import Event
from crm.history.models import Entry
from crm.matches.models import Introduction, Suggestion
from crm.partners.models import Need

_LEAD_ACTS = ("lead:follow", "lead:move", "lead:update")


class Kind(StrEnum):
    """What a line tells of; at one and the same moment they stand in this order."""

    CONTACT = "contact"
    FOLLOW_UP = "follow_up"
    LEAD = "lead"
    SUGGESTION = "suggestion"
    INTRODUCTION = "introduction"
    REGISTER = "register"


class Place(NamedTuple):
    """Where a line stands in the timeline of its company."""

    at: datetime
    kind: Kind
    id: int

    @property
    def order(self) -> tuple[float, int, int]:
        """Smaller for what stands higher: newest first, then by kind, then the newest record."""
        return -self.at.timestamp(), _ORDER[self.kind], -self.id


class Stretch(NamedTuple):
    """A part of a timeline: what stands below a place, so many lines at most."""

    after: Place | None
    limit: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: where it stands, the record that tells of it, and who did it where somebody did."""

    place: Place
    record: Any
    by: str = ""


def happenings(
    session: Session,
    company: Company,
    *,
    kinds: Iterable[Kind] = Kind,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[Sequence[Happening], Place | None]:
    """The lines below a place, newest first, and the place to go on from; None where that was all."""
    wanted = frozenset(kinds)
    stretch = Stretch(after, limit + 1)
    found = [_SOURCES[kind](session, company, stretch) for kind in Kind if kind in wanted]
    lines = list(islice(merge(*found, key=lambda line: line.place.order), limit + 1))
    return lines[:limit], lines[limit - 1].place if len(lines) > limit else None


def _below(at: Any, key: Any, kind: Kind, after: Place | None) -> ColumnElement[bool]:
    """What of one kind stands below a place."""
    if after is None:
        return true()
    if kind is after.kind:
        return or_(at < after.at, and_(at == after.at, key < after.id))
    below: ColumnElement[bool] = at <= after.at if _ORDER[kind] > _ORDER[after.kind] else at < after.at
    return below


def _contacts(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    below = _below(Activity.happened_at, Activity.id, Kind.CONTACT, stretch.after)
    rows = session.scalars(activities().where(Activity.company_id == company.id, below).limit(stretch.limit))
    return [Happening(Place(row.happened_at, Kind.CONTACT, row.id), row, row.by.name) for row in rows]


def _follow_ups(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    """Those that are done; what remains to be done has its own list."""
    done = select(FollowUp, User.name).outerjoin(User, User.id == FollowUp.done_by_id)
    mine = done.where(FollowUp.company_id == company.id, FollowUp.done_at.is_not(None))
    return _newest(session, mine, FollowUp.done_at, Kind.FOLLOW_UP, stretch)


def _lead(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    """What the trail tells of the lead: begun, moved, handed on."""
    if company.lead is None:
        return []
    acts = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    rule = (Entry.subject == "leads", Entry.subject_id == company.lead.id, Entry.action.in_(_LEAD_ACTS))
    return _newest(session, acts.where(*rule), Entry.at, Kind.LEAD, stretch)


def _answers(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    need = joinedload(Suggestion.need).joinedload(Need.partner)
    told = select(Suggestion, User.name).outerjoin(User, User.id == Suggestion.answered_by_id).options(need)
    mine = told.where(Suggestion.company_id == company.id, Suggestion.answered_at.is_not(None))
    return _newest(session, mine, Suggestion.answered_at, Kind.SUGGESTION, stretch)


def _introductions(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    need = joinedload(Introduction.need).joinedload(Need.partner)
    opened = select(Introduction, User.name).outerjoin(User, User.id == Introduction.opened_by_id)
    mine = opened.options(need).where(Introduction.company_id == company.id)
    return _newest(session, mine, Introduction.created_at, Kind.INTRODUCTION, stretch)


def _register(session: Session, company: Company, stretch: Stretch) -> list[Happening]:
    """News stands at noon of its day, since the register tells days alone."""
    told = select(Event).where(Event.company_id == company.id)
    if stretch.after is not None:
        told = told.where(_news_below(stretch.after))
    rows = session.scalars(told.order_by(Event.happened_on.desc(), Event.id.desc()).limit(stretch.limit))
    return [Happening(Place(row.happened_at, Kind.REGISTER, row.id), row) for row in rows]


def _news_below(after: Place) -> ColumnElement[bool]:
    """News of earlier days, and of the same day where its noon stands below the place."""
    day = after.at.astimezone(clock.OSLO).date()
    noon = datetime.combine(day, time(12), tzinfo=clock.OSLO)
    if noon > after.at:
        return Event.happened_on < day
    if noon == after.at and after.kind is Kind.REGISTER:
        return or_(Event.happened_on < day, and_(Event.happened_on == day, Event.id < after.id))
    return Event.happened_on <= day


def _newest(session: Session, asked: Any, at: Any, kind: Kind, stretch: Stretch) -> list[Happening]:
    """The newest rows of a question for a record and a name, by a moment the record holds."""
    number = at.class_.id
    below = asked.where(_below(at, number, kind, stretch.after)).order_by(at.desc(), number.desc())
    rows = session.execute(below.limit(stretch.limit))
    return [Happening(Place(getattr(row, at.key), kind, row.id), row, name or "") for row, name in rows]


_ORDER = {kind: number for number, kind in enumerate(Kind)}
_SOURCES: dict[Kind, Callable[[Session, Company, Stretch], list[Happening]]] = {
    Kind.CONTACT: _contacts,
    Kind.FOLLOW_UP: _follow_ups,
    Kind.LEAD: _lead,
    Kind.SUGGESTION: _answers,
    Kind.INTRODUCTION: _introductions,
    Kind.REGISTER: _register,
}
