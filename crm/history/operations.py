"""Writing the trail: every operation that changes a record leaves one line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import inspect, update
from sqlalchemy.orm import Session

from crm.history.models import Entry
from crm.storage.base import Base

_SILENT = {"version", "name_key", "sort_key", "board_key"}


def record(
    session: Session,
    actor_id: int | None,
    action: str,
    *,
    subject: Base,
    changes: dict[str, object] | None = None,
) -> Entry:
    """Write that an actor did something to a record; without ``changes`` they are read off the record."""
    seen = changes if changes is not None else pending_changes(subject)
    session.flush()
    identity = inspect(subject).identity
    entry = Entry(
        actor_id=actor_id,
        action=action,
        subject=subject.__tablename__[:20],
        subject_id=identity[0] if identity else 0,
        changes=seen,
    )
    session.add(entry)
    return entry


def note(
    session: Session, actor_id: int | None, action: str, *, subject: Base, changes: dict[str, object]
) -> None:
    """Write a line about a record that has its number already, among many; the caller flushes."""
    identity = inspect(subject).identity
    entry = Entry(
        actor_id=actor_id,
        action=action,
        subject=subject.__tablename__[:20],
        subject_id=identity[0] if identity else 0,
        changes=changes,
    )
    session.add(entry)


def pending_changes(subject: Base) -> dict[str, object]:
    """What has been changed on a record since it was read: field to [before, after]."""
    found: dict[str, object] = {}
    state = inspect(subject)
    for column in state.mapper.column_attrs:
        past = state.attrs[column.key].history
        if past.has_changes() and column.key not in _SILENT:
            before = past.deleted[0] if past.deleted else None
            after = past.added[0] if past.added else None
            found[column.key] = [plain(before), plain(after)]
    return found


def plain(value: object) -> object:
    """A value as the trail keeps it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def forget_values(session: Session, subject: str, ids: Collection[int]) -> None:
    """Erase what the trail of some records says of their values; that something was done stays."""
    trail = update(Entry).where(Entry.subject == subject, Entry.subject_id.in_(ids))
    session.execute(trail.values(changes={}), execution_options={"synchronize_session": False})
