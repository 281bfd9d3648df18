"""Rows reach the database alike whichever way they travel, and a failure is told before anything else."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from crm.registry import rows, writing
from crm.registry.models import Unit as Stored
from crm.registry.writing import Row, Writer
from crm.sources.units import Address, Industry, Unit
from crm.storage.engines import Database

TABLE = cast("Table", Stored.__table__)


def made(now: datetime, count: int = 3) -> list[Row]:
    """Rows with every kind of value: quotes, other scripts, dates, lists, truth and nothing."""
    units = [
        Unit(
            orgnr=f"90000000{number}",
            name=f'Ærlig «{number}» "O\'Hara" \\ 中文 😀 AS',
            form_code="AS",
            industries=(Industry(code="86.950", name="Fysioterapi"), Industry(code="62.100", name=None)),
            employees=(None, 0, 12)[number],
            founded_on=(None, now.date(), now.date())[number],
            bankrupt=number == 1,
            business_address=Address(municipality_no="0301", postal_code="0010"),
            purpose="Linje én\nlinje to\tog mer",
        )
        for number in range(count)
    ]
    return [rows.unit_row(unit, "SN2025", lambda code: code, source="test", now=now) for unit in units]


def stored(database: Database) -> list[Row]:
    names = [column.name for column in TABLE.columns]
    with database.Read() as session:
        found = session.scalars(select(Stored).order_by(Stored.orgnr)).all()
        return [{name: getattr(unit, name) for name in names} for unit in found]


def write(database: Database, given: list[Row]) -> None:
    with database.Mirror() as session:
        with Writer(session.connection()) as writer:
            writer.insert(TABLE, given)
        session.commit()


@pytest.mark.parametrize("newest", [True, False], ids=["as JSON", "plainly"])
def test_rows_come_back_as_they_were(
    database: Database, now: datetime, newest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not newest:
        monkeypatch.setattr(writing, "_READS_JSONB", (99,))
    write(database, made(now))
    assert stored(database) == made(now)


def test_a_row_that_is_refused_is_told_of_and_nothing_is_kept(database: Database, now: datetime) -> None:
    write(database, made(now, 1))
    with pytest.raises(IntegrityError):
        write(database, made(now))
    assert len(stored(database)) == 1


def test_what_the_database_enforces_is_enforced_here_too(database: Database, now: datetime) -> None:
    row = made(now, 1)[0] | {"form": "F" * 11}
    with pytest.raises(Exception, match=r"form|too long"):
        write(database, [row])
    assert stored(database) == []
