"""The ledger of nights: which have a backup, and who makes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from crm import clock
from crm.upkeep.models import Backup, BackupState

_OPENS = time(2, 30)
_ABANDONED_AFTER = timedelta(hours=2)
_PAUSE = timedelta(hours=1)
_MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: the name of its file, bytes, rows, and the SHA-256 of the file."""

    file: str
    size: int
    rows: int
    sha256: str


def due_night(now: datetime) -> date | None:
    """The night whose backup is due: today's from half past two in Norway, however late the machine wakes."""
    local = now.astimezone(clock.OSLO)
    return local.date() if now >= datetime.combine(local.date(), _OPENS, tzinfo=clock.OSLO) else None


def claim_night(session: Session, night: date, *, now: datetime) -> bool:
    """Take a night that nobody has, that failed an hour ago, or whose worker fell silent; whether it is ours.

    Two that take a new night at once: IntegrityError for the second.
    """
    found = session.get(Backup, night, with_for_update=True)
    if found is None:
        session.add(Backup(night=night, state=BackupState.RUNNING, started_at=now))
        session.flush()
        return True
    failed = (
        found.state is BackupState.FAILED and now - found.started_at >= _PAUSE and found.tries < _MOST_TRIES
    )
    left = found.state is BackupState.RUNNING and now - found.started_at >= _ABANDONED_AFTER
    if not (failed or left):
        return False
    found.state, found.started_at, found.tries, found.message = BackupState.RUNNING, now, found.tries + 1, ""
    return True


def finish_night(session: Session, night: date, made: Made, *, now: datetime) -> None:
    """Write down what was made."""
    found = session.get_one(Backup, night)
    found.state, found.finished_at, found.message = BackupState.DONE, now, ""
    found.file, found.size, found.rows, found.hash = made.file, made.size, made.rows, made.sha256


def fail_night(session: Session, night: date, *, why: str, now: datetime) -> None:
    """Write down why none was made."""
    found = session.get_one(Backup, night)
    found.state, found.finished_at, found.message = BackupState.FAILED, now, why
