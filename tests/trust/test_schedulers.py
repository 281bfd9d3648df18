"""Two schedulers and four workers, clocks that jump, and weeks switched off: exactly one round a week."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from crm import clock
from crm.jobs import nightly, timetable, weekly_round
from crm.matches.models import MatchRun, RunState, Suggestion
from crm.storage import schema
from crm.storage.engines import Database, open_database
from crm.upkeep.models import Backup
from tests import world as worlds
from tests.trust.conftest import scaled

Report = Callable[..., None]
OPENS = datetime(2026, 10, 19, 0, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    opened = open_database(request.getfixturevalue("fresh_postgres_url"))
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        worlds.build(session)
        session.commit()
    yield opened
    opened.dispose()


def together(count: int, act: Callable[[int], None]) -> list[BaseException]:
    """Do something in so many threads at once; what they failed with."""
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            act(number)
        except BaseException as error:  # noqa: BLE001  (handed to the test)
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_schedulers_and_four_workers_make_one_round_a_week(shared: Database, report: Report):
    weeks, failed = scaled(60), []
    chance = random.Random(53)  # noqa: S311  (the same jumps every time)
    for week in range(weeks):
        monday = datetime.combine(
            (OPENS + timedelta(weeks=week)).date(), datetime.min.time(), tzinfo=clock.OSLO
        ) + timedelta(hours=7)
        jumps = [timedelta(hours=chance.choice([-1, 0, 0, 1, 30])) for _ in range(6)]

        def act(number: int, at: datetime = monday, off: list[timedelta] = jumps) -> None:
            moment = (at + max(off[number], timedelta())).astimezone(UTC)
            timetable.request_due_round(shared, now=moment)
            if number > 1:
                for run_id in timetable.unfinished_rounds(shared, now=moment):
                    weekly_round.run(shared, run_id, now=lambda: moment)

        failed += together(6, act)
    with shared.Write() as session:
        for run_id in timetable.unfinished_rounds(shared, now=monday + timedelta(days=1)):
            weekly_round.run(shared, run_id, now=lambda: monday + timedelta(days=1))
        runs = session.scalars(select(MatchRun).order_by(MatchRun.week)).all()
        doubled = session.scalar(
            select(func.count()).select_from(
                select(Suggestion.run_id)
                .group_by(Suggestion.run_id, Suggestion.need_id, Suggestion.company_id)
                .having(func.count() > 1)
                .subquery()
            )
        )
    report(
        f"FI-27 {shared.engine.dialect.name} two-schedulers-four-workers",
        weeks=weeks,
        rounds=len(runs),
        dup=doubled,
        failed=len(failed),
    )
    assert failed == []
    assert [run.state for run in runs] == [RunState.DONE] * weeks
    assert doubled == 0


def test_clocks_that_jump_make_no_round_twice_and_none_of_another_year(database: Database, report: Report):
    weeks, chance = scaled(60, least=12), random.Random(2026)  # noqa: S311  (the same jumps every time)
    opens = datetime(2026, 12, 1, tzinfo=UTC)
    hours = [hour + chance.choice([0, 0, 0, 1, -1, 2]) for hour in range(0, weeks * 7 * 24, 5)]
    for hour in hours:
        timetable.request_due_round(database, now=opens + timedelta(hours=hour))
    with database.Read() as session:
        found = session.scalars(select(MatchRun.week).order_by(MatchRun.id)).all()
    steps = {later - sooner for sooner, later in pairwise(map(clock.monday_of, found))}
    report(
        "FI-25 sqlite clock-jumps",
        weeks=len(found),
        dup=len(found) - len(set(found)),
        w53="2026-W53" in found,
    )
    assert steps == {timedelta(days=7)}
    assert "2026-W53" in found


def test_four_workers_make_one_backup_a_night_and_three_weeks_off_floods_nobody(
    shared: Database, report: Report, tmp_path_factory: pytest.TempPathFactory
):
    keeping = nightly.Keeping(tmp_path_factory.mktemp("nights"), 14, 8)
    nights = [*range(scaled(20, least=2)), 30]

    failed: list[BaseException] = []
    for night in nights:
        now = datetime(2026, 10, 24, 4, 0, tzinfo=UTC) + timedelta(days=night)
        failed += together(4, lambda _n, at=now: nightly.make_due(shared, keeping, now=lambda: at))  # type: ignore[misc]
    with shared.Read() as session:
        made = session.scalars(select(Backup.state)).all()
    files = list(keeping.folder.glob("*.backup"))
    report(f"FI-26 {shared.engine.dialect.name} nights", asked=len(nights), made=len(made), files=len(files))
    assert failed == []
    assert len(made) == len(nights)
