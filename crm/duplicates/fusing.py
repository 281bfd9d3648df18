"""Making one record of two: whatever points to the one that goes is led to the one that stays.

Where both sides have what may exist but once, a rule of ``settling`` says what the one row becomes, and
whatever points to the other row is led on in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, func, or_, select, true
from sqlalchemy.orm import Session

from crm.duplicates.journal import Journal, Row, row_of
from crm.duplicates.references import key_of, loose, references, unique_with
from crm.duplicates.settling import ALSO_ONE, PAIRS, Settle

Rules = Mapping[str, Settle]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rows that become one; ``changes`` are what the row that stays takes over."""

    stays: Row
    goes: Row
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a kind each of two records has, and how many of them become one with another."""

    what: str
    kept: int
    lost: int
    same: int

    @property
    def after(self) -> int:
        return self.kept + self.lost - self.same


def absorb(journal: Journal, table: Table, kept: int, lost: int, rules: Rules) -> None:
    """Lead all that points to ``lost`` to ``kept``, and remove ``lost``."""
    for column in _followed(table):
        _unite(journal, column, kept, lost, rules)
        if column.primary_key:
            _exchange(journal, column, kept, lost)
        else:
            journal.move(column, true(), table, kept=kept, lost=lost)
    _part(journal, table, kept, lost)
    for column, rule in loose(table):
        journal.move(column, rule, table, kept=kept, lost=lost)
    journal.remove(table, row_of(journal.session, table, {"id": lost}))


def survey(session: Session, table: Table, kept: int, lost: int, rules: Rules) -> list[Count]:
    """What would be led on, by kind, where either side has any."""
    columns = [(column, true()) for column in _followed(table)] + list(loose(table))
    asked = [
        select(func.count()).select_from(column.table).where(column == number, rule).scalar_subquery()
        for column, rule in columns
        for number in (kept, lost)
    ]
    numbers = iter(session.execute(select(*asked)).one())
    found: list[Count] = []
    for column, _rule in columns:
        of_kept, of_lost = int(next(numbers)), int(next(numbers))
        same = len(list(clashes(session, column, kept, lost, rules))) if of_kept and of_lost else 0
        found.append(Count(f"{column.table.name}.{column.name}", of_kept, of_lost, same))
    return [count for count in found if count.kept or count.lost]


def clashes(session: Session, column: Column[Any], kept: int, lost: int, rules: Rules) -> Iterator[Clash]:
    """The rows of both sides that cannot, or should not, stand beside each other."""
    sets = _one_of_each(column)
    if not sets:
        return
    table = column.table
    rows = session.execute(select(table).where(column.in_([kept, lost])).order_by(*key_of(table))).mappings()
    both: list[Row] = [dict(row) for row in rows]
    mine = [row for row in both if row[column.name] == kept]
    for row in (row for row in both if row[column.name] == lost):
        clash = _clash_of(row, mine, sets, rules.get(table.name))
        if clash:
            yield clash


def _clash_of(
    row: Row, mine: list[Row], sets: list[tuple[Column[Any], ...]], settle: Settle | None
) -> Clash | None:
    for others in sets:
        for standing in mine:
            key = [(standing[other.name], row[other.name]) for other in others]
            if all(one is not None and one == other for one, other in key):
                changes = settle(standing, row) if settle else {}
                if changes is not None:
                    return Clash(standing, row, changes)
    return None


def _one_of_each(column: Column[Any]) -> list[tuple[Column[Any], ...]]:
    """The other columns of every set that may exist but once, the database's and our own."""
    table = column.table
    ours = ALSO_ONE.get(table.name, ())
    own = tuple(table.c[name] for name in ours if name != column.name)
    found = list(unique_with(column))
    return [*found, own] if column.name in ours else found


def _followed(table: Table) -> list[Column[Any]]:
    return [column for column in references(table) if column.table.name not in PAIRS]


def _part(journal: Journal, table: Table, kept: int, lost: int) -> None:
    """Who is said not to be the one that goes is not the one that stays; other pairs are found anew."""
    for pairs in {column.table for column in references(table) if column.table.name in PAIRS}:
        held = select(pairs).where(or_(pairs.c.first_id == lost, pairs.c.second_id == lost))
        for row in [dict(found) for found in journal.session.execute(held).mappings()]:
            journal.remove(pairs, row)
            other = row["second_id"] if row["first_id"] == lost else row["first_id"]
            if row["apart_at"] and other != kept:
                _keep_apart(journal, pairs, row, sorted((kept, other)))


def _keep_apart(journal: Journal, pairs: Table, row: Row, numbers: list[int]) -> None:
    ends = dict(zip(("first_id", "second_id"), numbers, strict=True))
    said = {name: row[name] for name in ("apart_at", "apart_by_id")}
    known = select(pairs.c.id, pairs.c.apart_at).where(*(pairs.c[name] == ends[name] for name in ends))
    standing = journal.session.execute(known).first()
    if standing is None:
        journal.add(pairs, dict(row) | ends)
    elif standing.apart_at is None:
        journal.change(pairs, standing.id, said)


def _unite(journal: Journal, column: Column[Any], kept: int, lost: int, rules: Rules) -> None:
    table = column.table
    for clash in list(clashes(journal.session, column, kept, lost, rules)):
        if "id" in table.c:
            absorb(journal, table, clash.stays["id"], clash.goes["id"], rules)
            journal.change(table, clash.stays["id"], clash.changes)
        else:
            journal.remove(table, clash.goes)


def _exchange(journal: Journal, column: Column[Any], kept: int, lost: int) -> None:
    """Rows whose key holds the number: taken away and written anew."""
    table = column.table
    rows = journal.session.execute(select(table).where(column == lost)).mappings().all()
    for row in map(dict[str, Any], rows):
        journal.remove(table, row)
        journal.add(table, row | {column.name: kept})
