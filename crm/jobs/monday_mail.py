"""The mail on Monday morning: what awaits each colleague, written once a week and sent by the outbox."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.models import User, WeeklyMail
from crm.accounts.notices import reader_of
from crm.activities import queries as activities
from crm.companies import due
from crm.companies.models import Company
from crm.events import queries as events
from crm.jobs import transactions
from crm.mail import digest, operations
from crm.mail import queries as mails
from crm.mail.digest import Section
from crm.matches import queries as matches
from crm.matches.drafts import SuggestionFilter
from crm.storage.engines import Database
from crm.workdays import next_workday

T = TypeVar("T")
_log = logging.getLogger(__name__)
_FROM, _WAIT_FOR_ROUND = time(7), time(9)
_GOOD_FOR = timedelta(days=3)
_SHOWN = 5


def due_week(session: Session, *, now: datetime) -> str | None:
    """The current week, for three days from seven on its first working day in Norway; None otherwise.

    The week's suggestions are waited for until nine.
    """
    week, here = clock.iso_week(now), now.astimezone(clock.OSLO)
    first = next_workday(clock.monday_of(week))
    opens = datetime.combine(first, _FROM, tzinfo=clock.OSLO)
    if not opens <= here < opens + _GOOD_FOR or clock.iso_week(first) != week:
        return None
    run = matches.find_run(session, week)
    waits = run is not None and run.finished_at is None and here.date() == first
    return None if waits and here.time() < _WAIT_FOR_ROUND else week


def write_due(database: Database, *, now: datetime) -> int:
    """Write the week's mails that are not written yet, each in a transaction of its own; how many were."""
    with database.Read() as session:
        week = due_week(session, now=now)
        waiting = session.scalars(_readers()).all() if week else []
        left = [user.id for user in waiting if not mails.is_written(session, _key(week or "", user.id))]
    return sum(_write_once(database, user_id, week or "", now=now) for user_id in left)


def _write_once(database: Database, user_id: int, week: str, *, now: datetime) -> bool:
    """The mail's key is there once: of two schedulers one is refused by the database."""
    try:
        return transactions.commit(database, partial(_write, user_id=user_id, week=week, now=now))
    except IntegrityError:
        _log.info("another worker wrote the week's mail to user %s", user_id)
        return False


def _write(session: Session, *, user_id: int, week: str, now: datetime) -> bool:
    user, key = session.get(User, user_id), _key(week, user_id)
    if user is None or user.weekly_mail is WeeklyMail.OFF or mails.is_written(session, key):
        return False
    names = user.weekly_mail is WeeklyMail.NAMES
    letter = digest.letter(reader_of(user), week, list(_sections(session, user, now=now)), names=names)
    write = operations.write if letter.body else operations.write_down_as_needless
    write(session, reader_of(user), letter, now=now)
    return bool(letter.body)


def _sections(session: Session, user: User, *, now: datetime) -> Iterator[Section]:
    """What awaits one person; names are read whether they are told or not, so that both mails agree."""
    today = now.astimezone(clock.OSLO).date()
    sunday, yesterday = today + timedelta(days=6 - today.weekday()), today - timedelta(days=1)
    late = activities.open_follow_ups(user.id, until=yesterday)
    count = activities.count_open_follow_ups(session, user.id, until=yesterday)
    yield Section("late", count, "/week/follow-ups?due=late", [step.text for step in _first(session, late)])
    coming = activities.open_follow_ups(user.id, since=today, until=sunday)
    count = activities.count_open_follow_ups(session, user.id, since=today, until=sunday)
    yield Section("follow_ups", count, "/week/follow-ups?due=week", [s.text for s in _first(session, coming)])
    yield _suggestions(session, user)
    told = _first(session, events.open_events(user.id))
    count = events.count_open(session, user.id)
    yield Section("events", count, "/events/", [event.company.name for event in told])
    yield _leads(session, "due", due.contact_due(user.id, on=sunday))
    yield _leads(session, "waking", due.waking(user.id, on=sunday))


def _suggestions(session: Session, user: User) -> Section:
    run = matches.last_done(session)
    if run is None:
        return Section("suggestions", 0, "/matches/?owner=me", [])
    wanted = SuggestionFilter(answered=False, owner=user.id, unowned=True)
    count = matches.answer_counts(session, run.id, wanted)[0]
    best = _first(session, matches.best_unanswered(run.id, owner=user.id))
    return Section("suggestions", count, "/matches/?owner=me", [found.company.name for found in best])


def _leads(session: Session, what: str, chosen: Select[Company]) -> Section:
    found = session.scalars(chosen).unique().all()
    return Section(what, len(found), "/", [company.name for company in found[:_SHOWN]])


def _first(session: Session, chosen: Select[T]) -> Sequence[T]:
    return session.scalars(chosen.limit(_SHOWN)).unique().all()


def _readers() -> Select[User]:
    return accounts.colleagues().where(~User.demo, User.weekly_mail != WeeklyMail.OFF)


def _key(week: str, user_id: int) -> str:
    return f"digest {week} {user_id}"
