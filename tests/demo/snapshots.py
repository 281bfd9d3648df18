"""What stands in every table, so that a test can say that nothing of it changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.storage.base import Base

Row = dict[str, Any]
Snapshot = dict[str, dict[Any, Row]]
# Written by the act itself, and the trail of what is gone.
_APART = {"history"}


def snapshot(session: Session) -> Snapshot:
    """Every row of every table by its key."""
    session.flush()
    return {
        table.name: {_key(table, row): row for row in _rows(session, table)}
        for table in Base.metadata.sorted_tables
        if table.name not in _APART
    }


def _rows(session: Session, table: Table) -> list[Row]:
    return [dict(row) for row in session.execute(select(table)).mappings()]


def _key(table: Table, row: Row) -> Any:
    return tuple(row[column.name] for column in table.primary_key)


def dangling(session: Session) -> list[str]:
    """References that lead nowhere."""
    found = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = select(key.column)
            lost = select(key.parent).where(key.parent.is_not(None), key.parent.not_in(there)).limit(1)
            if session.execute(lost).first():
                found.append(f"{table.name}.{key.parent.name}")
    return found


def flagged(session: Session) -> list[str]:
    """Tables that still hold a row of the demo; colleagues kept for something real are looked at apart."""
    return [
        table.name
        for table in Base.metadata.sorted_tables
        if "demo" in table.columns
        and table.name != User.__tablename__
        and session.execute(select(table).where(table.c.demo).limit(1)).first()
    ]
