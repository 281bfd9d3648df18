"""Questions about the processes at work and the backups made."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm.upkeep.models import Backup, BackupState, Duty, Process

SILENT_AFTER = timedelta(minutes=3)
"""How long a process may be silent before it counts as gone."""


def alive(duty: Duty, *, now: datetime) -> Select[Process]:
    """The processes of a duty that told of themselves lately, the newest first."""
    lately = Process.seen_at > now - SILENT_AFTER
    return select(Process).where(Process.duty == duty, lately).order_by(Process.seen_at.desc())


def last_seen(session: Session, duty: Duty) -> datetime | None:
    """When any process of a duty last told of itself."""
    return session.scalar(select(func.max(Process.seen_at)).where(Process.duty == duty))


def last_swept(session: Session) -> datetime | None:
    """When a worker last had done everything there was to do."""
    return session.scalar(select(func.max(Process.swept_at)))


def last_backup(session: Session) -> Backup | None:
    """The newest backup that was made whole."""
    done = select(Backup).where(Backup.state == BackupState.DONE)
    return session.scalars(done.order_by(Backup.night.desc()).limit(1)).first()


def nights(*, at_most: int = 14) -> Select[Backup]:
    """The newest nights, whatever became of them."""
    return select(Backup).order_by(Backup.night.desc()).limit(at_most)
