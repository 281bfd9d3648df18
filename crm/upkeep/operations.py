"""Acts of upkeep: a process tells that it is at work, and that it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crm.upkeep.models import Duty, Process

_FORGOTTEN_AFTER = timedelta(days=1)


def note_alive(session: Session, name: str, duty: Duty, *, now: datetime) -> Process:
    """Write down that a process is at work, and forget those that have been silent for a day."""
    session.execute(delete(Process).where(Process.seen_at < now - _FORGOTTEN_AFTER, Process.name != name))
    found = session.get(Process, name)
    if found is None:
        found = Process(name=name, duty=duty, started_at=now, seen_at=now)
        session.add(found)
    found.duty, found.seen_at = duty, now
    return found


def note_swept(session: Session, name: str, *, now: datetime) -> None:
    """Write down that a worker has done everything there was to do."""
    note_alive(session, name, Duty.WORKER, now=now).swept_at = now


def note_gone(session: Session, name: str) -> None:
    """A process that ends as it should is forgotten at once."""
    session.execute(delete(Process).where(Process.name == name))
