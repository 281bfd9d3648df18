"""The base of every table: names of constraints, lengths that every database enforces, and versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Enum, MetaData, String, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from crm.errors import Conflict

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            _check_lengths(table)


def own_tables() -> list[Table]:
    """The tables of our own database, parents first; the mirror of the register is not among them."""
    return [table for table in Base.metadata.sorted_tables if table.schema is None]


def table_named(name: str) -> Table:
    """A table by its name alone, whichever of the databases it is kept in; KeyError where there is none."""
    found = {table.name: table for table in Base.metadata.tables.values()}
    return found[name]


def _check_lengths(table: Table) -> None:
    """SQLite ignores the length of a VARCHAR; a named constraint makes both databases refuse alike."""
    for column in table.columns:
        if isinstance(column.type, String) and not isinstance(column.type, Enum) and column.type.length:
            rule = func.length(column) <= column.type.length
            table.append_constraint(CheckConstraint(rule, name=f"{column.name}_length"))


class Versioned:
    """A row that people edit: the second of two editors is told."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def refuse_if_overtaken(self, seen: int | None) -> None:
        """Conflict when the row was saved after an editor saw version ``seen``; None asks nothing."""
        if seen is not None and seen != self.version:
            raise Conflict(
                "Noen andre endret dette mens du skrev. Det du skrev, står i skjemaet og er ikke lagret."
                " Sammenlikn med det som er lagret nå, og lagre en gang til om ditt skal gjelde."
            )
