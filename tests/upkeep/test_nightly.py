"""One backup a night, proved, counted, and no more of them than were asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm import clock
from crm.jobs import nightly, worker
from crm.jobs.nightly import Keeping
from crm.storage import copies
from crm.storage.engines import Database
from crm.upkeep import ledger
from crm.upkeep.models import Backup, BackupState


def oslo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.OSLO)  # type: ignore[arg-type]


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    return Keeping(tmp_path / "backups", days=3, weeks=2)


def nights(database: Database) -> list[Backup]:
    with database.Read() as session:
        return list(session.scalars(select(Backup).order_by(Backup.night)))


def test_a_night_has_one_backup_and_it_is_whole(small: Database, keeping: Keeping):
    made = nightly.make_due(small, keeping, now=lambda: oslo(2026, 11, 25, 2, 31))
    assert made
    assert nightly.make_due(small, keeping, now=lambda: oslo(2026, 11, 25, 9, 0)) is None
    [night] = nights(small)
    assert (night.night, night.state, night.file) == (date(2026, 11, 25), BackupState.DONE, made.name)
    found = copies.examine(made)
    assert (night.hash, night.size) == (found.sha256, made.stat().st_size)
    assert found.rows["companies"] == 2
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (oslo(2026, 11, 25, 2, 29), None),
        (oslo(2026, 11, 25, 2, 30), date(2026, 11, 25)),
        (oslo(2026, 11, 25, 23, 59), date(2026, 11, 25)),
        (oslo(2027, 3, 28, 1, 59), None),
        (oslo(2027, 3, 28, 3, 30), date(2027, 3, 28)),
        (oslo(2026, 10, 25, 2, 30), date(2026, 10, 25)),
    ],
)
def test_the_night_that_is_due(moment: datetime, night: date | None):
    assert ledger.due_night(moment) == night


def test_every_minute_of_a_weekend_when_the_clock_changes_gives_one_backup_a_night(
    small: Database, keeping: Keeping
):
    for opens in (oslo(2026, 10, 24, 0, 0), oslo(2027, 3, 27, 0, 0)):
        start = opens.astimezone(clock.UTC)
        for minute in range(0, 48 * 60, 10):
            nightly.make_due(small, keeping, now=lambda at=start + timedelta(minutes=minute): at)
    assert [each.night for each in nights(small)] == [
        date(2026, 10, 24),
        date(2026, 10, 25),
        date(2027, 3, 27),
        date(2027, 3, 28),
    ]


def test_as_many_days_and_weeks_are_kept_as_were_asked_for(keeping: Keeping):
    keeping.folder.mkdir()
    for number in range(30):
        night = date(2026, 11, 25) - timedelta(days=number)
        (keeping.folder / f"klyngetorg-{night}.backup").touch()
    (keeping.folder / "my own.backup").touch()
    nightly.prune(keeping)
    assert sorted(path.name for path in keeping.folder.iterdir()) == [
        "klyngetorg-2026-11-16.backup",
        "klyngetorg-2026-11-23.backup",
        "klyngetorg-2026-11-24.backup",
        "klyngetorg-2026-11-25.backup",
        "my own.backup",
    ]


def test_a_backup_that_fails_is_told_and_tried_again_an_hour_later(small: Database, keeping: Keeping):
    keeping.folder.write_text("a file where the folder should be", encoding="utf-8")
    began = oslo(2026, 11, 25, 3, 0)
    assert nightly.make_due(small, keeping, now=lambda: began) is None
    [night] = nights(small)
    assert (night.state, night.message) == (BackupState.FAILED, "File exists")
    keeping.folder.unlink()
    assert nightly.make_due(small, keeping, now=lambda: began + timedelta(minutes=30)) is None
    assert nightly.make_due(small, keeping, now=lambda: began + timedelta(minutes=61))
    assert nights(small)[0].tries == 2


def test_a_night_whose_worker_was_killed_is_taken_up_again(small: Database, keeping: Keeping):
    began = oslo(2026, 11, 25, 3, 0)
    with small.Write() as session:
        assert ledger.claim_night(session, began.date(), now=began)
        session.commit()
    assert nightly.make_due(small, keeping, now=lambda: began + timedelta(hours=1)) is None
    assert nightly.make_due(small, keeping, now=lambda: began + timedelta(hours=3))


def test_none_is_made_where_none_is_wanted(small: Database, keeping: Keeping):
    none = Keeping(keeping.folder, days=0, weeks=0)
    assert nightly.make_due(small, none, now=lambda: oslo(2026, 11, 25, 3, 0)) is None
    assert nights(small) == []


def test_the_worker_makes_it_in_its_sweep(small: Database, keeping: Keeping):
    now = lambda: oslo(2026, 11, 25, 3, 0)  # noqa: E731
    worker.Worker(small, None, now, keeping=keeping).sweep()
    assert [each.state for each in nights(small)] == [BackupState.DONE]
