"""The round is due on Monday at six in Norway, once a week, whatever the calendar does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.jobs import timetable, worker
from crm.matches import operations
from crm.matches.models import MatchRun, RunState
from crm.storage.engines import Database
from tests import world as worlds


def oslo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.OSLO).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (oslo(2026, 11, 23, 5, 59), None),
        (oslo(2026, 11, 23, 6, 0), "2026-W48"),
        (oslo(2026, 11, 25, 13, 0), "2026-W48"),
        (oslo(2026, 11, 29, 23, 59), "2026-W48"),
        (oslo(2026, 11, 30, 0, 30), None),
        (oslo(2026, 12, 28, 6, 0), "2026-W53"),
        (oslo(2027, 1, 1, 12, 0), "2026-W53"),
        (oslo(2027, 1, 4, 6, 0), "2027-W01"),
        (oslo(2027, 3, 29, 6, 0), "2027-W13"),
        (oslo(2027, 3, 29, 5, 59), None),
        (oslo(2026, 10, 26, 6, 0), "2026-W44"),
        (oslo(2026, 10, 26, 5, 59), None),
    ],
)
def test_the_week_that_is_due(
    session: Session, world: worlds.World, moment: datetime, week: str | None
) -> None:
    assert timetable.due_week(session, now=moment) == week


def test_nothing_is_due_before_there_is_a_need(session: Session) -> None:
    assert timetable.due_week(session, now=oslo(2026, 11, 25, 13, 0)) is None


def test_a_week_in_the_ledger_is_not_due_whatever_became_of_it(session: Session, world: worlds.World) -> None:
    now = oslo(2026, 11, 23, 7, 0)
    run = operations.request_run(session, "2026-W48", actor_id=None, now=now)
    for state in RunState:
        run.state = state
        session.flush()
        assert timetable.due_week(session, now=now) is None


def test_sixty_weeks_looked_at_hourly_give_sixty_rounds(
    database: Database, filler: Callable[..., None]
) -> None:
    filler(database, register=0, wishes=1)
    opens = oslo(2026, 8, 31, 0, 0)
    for hour in range(0, 60 * 7 * 24, 6):
        timetable.request_due_round(database, now=opens + timedelta(hours=hour))
    with database.Read() as session:
        weeks = session.scalars(select(MatchRun.week).order_by(MatchRun.week)).all()
    mondays = [clock.monday_of(week) for week in weeks]
    assert len(weeks) == 60
    assert "2026-W53" in weeks
    assert {later - sooner for sooner, later in pairwise(mondays)} == {timedelta(days=7)}


def test_a_machine_off_for_weeks_catches_up_with_the_current_week_alone(filled: Database) -> None:
    for _ in range(2):
        worker.Worker(filled, None, lambda: oslo(2026, 12, 16, 10, 0)).sweep()
    with filled.Read() as session:
        assert session.scalars(select(MatchRun.week)).all() == ["2026-W51"]


def test_the_sweep_takes_up_what_a_killed_worker_left(filled: Database) -> None:
    now = oslo(2026, 11, 23, 7, 0)
    with filled.Write() as session:
        run = operations.request_run(session, "2026-W48", actor_id=None, now=now)
        assert operations.claim_run(session, run.id, now=now) == 1
        session.commit()
    assert timetable.unfinished_rounds(filled, now=now + timedelta(minutes=1)) == []
    worker.Worker(filled, None, lambda: now + timedelta(minutes=3)).sweep()
    with filled.Read() as session:
        again = session.get_one(MatchRun, run.id)
        assert (again.state, again.claim) == (RunState.DONE, 2)
