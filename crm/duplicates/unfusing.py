"""Taking the steps of a merge back, the last first; what has changed since stays, and is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.orm import Session

from crm.duplicates.journal import Row, Step, in_blocks, matches, newer, typed
from crm.duplicates.references import key_of
from crm.history.operations import plain
from crm.storage.base import Base


@dataclass(frozen=True, slots=True)
class Left:
    """What stays as it is: a field of a table, or rows of it, ``rows`` of them."""

    table: str
    field: str
    rows: int = 1


class Unfusing:
    """One undoing under way."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._renumbered: dict[tuple[str, int], int] = {}
        self.left: list[Left] = []

    def take_back(self, steps: list[Step]) -> None:
        for step in reversed(steps):
            kind, table = step[0], Base.metadata.tables[step[1]]
            if kind == "moved":
                self._move_back(table, *step[2:])
            elif kind == "changed":
                self._change_back(table, step[2], step[3])
            elif kind == "removed":
                self._put_back(table, _typed_row(table, step[2]))
            else:
                self._session.execute(delete(table).where(*matches(table, _typed_row(table, step[2]))))

    def _move_back(self, table: Table, name: str, of: str, lost: int, kept: int, keys: list[int]) -> None:
        """Only rows that still point to the kept one go back."""
        column, (key, *_rest) = table.c[name], key_of(table)
        numbers = [self._now(table, number) for number in keys]
        home = self._now(Base.metadata.tables[of], lost)
        back = 0
        for block in in_blocks(numbers):
            rule = key.in_(block), column == kept
            done: Any = self._session.execute(update(table).where(*rule).values({name: home}))
            back += int(done.rowcount)
        if back < len(keys):
            self.left.append(Left(table.name, name, len(keys) - back))

    def _change_back(self, table: Table, key: int, pairs: Mapping[str, list[Any]]) -> None:
        number = self._now(table, key)
        row = self._session.execute(select(table).where(table.c.id == number)).mappings().first()
        if row is None:
            self.left.append(Left(table.name, "id"))
            return
        restored: dict[str, Any] = {}
        for name, (before, after) in pairs.items():
            if plain(row[name]) == after:
                restored[name] = typed(table.c[name], before)
            else:
                self.left.append(Left(table.name, name))
        free = {name: value for name, value in restored.items() if self._is_free(table, name, value, number)}
        self.left += [Left(table.name, name) for name in restored.keys() - free.keys()]
        if free:
            self._session.execute(update(table).where(table.c.id == number).values(newer(table, free)))

    def _put_back(self, table: Table, row: dict[str, Any]) -> None:
        """A removed row as it was; under another number where its own was given away since."""
        if not self._fits(table, row) or self._stands_in_the_way(table, row):
            self.left.append(Left(table.name, "id"))
            return
        taken = "id" in row and self._exists(table, "id", row["id"])
        if taken:
            bare = {name: value for name, value in row.items() if name != "id"}
            made = self._session.execute(insert(table).values(bare).returning(table.c.id)).scalar_one()
            self._renumbered[table.name, row["id"]] = made
        elif not self._session.execute(select(table).where(*matches(table, row))).first():
            self._session.execute(insert(table).values(row))

    def _fits(self, table: Table, row: dict[str, Any]) -> bool:
        """Whether all it points to is there; what is gone is left out where it may be."""
        for column in table.columns:
            for key in column.foreign_keys:
                value = row[column.name]
                if value is None:
                    continue
                row[column.name] = self._now(key.column.table, value)
                if not self._exists(key.column.table, key.column.name, row[column.name]):
                    if not column.nullable:
                        return False
                    row[column.name] = None
        return True

    def _stands_in_the_way(self, table: Table, row: Row) -> bool:
        """Whether another row has taken since what may exist but once."""
        sets = [list(rule.columns) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        for columns in sets:
            rules = [column == row[column.name] for column in columns if row[column.name] is not None]
            if len(rules) == len(columns) and self._session.execute(select(table).where(*rules)).first():
                return True
        return False

    def _is_free(self, table: Table, name: str, value: Any, number: int) -> bool:
        """Whether a value that may exist but once is nobody else's."""
        alone = any(
            isinstance(rule, UniqueConstraint) and [column.name for column in rule.columns] == [name]
            for rule in table.constraints
        )
        rules = table.c[name] == value, table.c.id != number
        return not alone or value is None or not self._session.execute(select(table).where(*rules)).first()

    def _exists(self, table: Table, name: str, value: Any) -> bool:
        return self._session.execute(select(table.c[name]).where(table.c[name] == value)).first() is not None

    def _now(self, table: Table, number: Any) -> Any:
        return self._renumbered.get((table.name, number), number)


def _typed_row(table: Table, row: Row) -> dict[str, Any]:
    """A row kept as JSON, as its table takes it; columns that are no more are left out."""
    return {name: typed(table.c[name], value) for name, value in row.items() if name in table.c}
