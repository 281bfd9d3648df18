"""The text indexes of the mirror on SQLite, made with its tables and kept by the database itself.

``find_units`` holds every run of three letters of the names, ``find_unit_words`` every word of names, places,
industries and purposes; neither keeps the texts, and their rows are named by the organisation numbers. On
PostgreSQL the migrations make what is asked there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import DDL, Table, event

_LETTERS = {"Æ": "ae", "æ": "ae", "Ø": "oe", "ø": "oe", "Å": "aa", "å": "aa"}
_LETTERS |= {"Ö": "oe", "ö": "oe", "Ä": "ae", "ä": "ae"}
NAMES = ("name_key", "former_names")
TEXTS = ("name", "former_names", "municipality", "place", "industry_name", "purpose", "activity")


def made_with(units: Table) -> None:
    """Have the indexes made whenever the table of units is, on SQLite."""
    for index, columns, how in (
        ("find_units", NAMES, "tokenize='trigram'"),
        ("find_unit_words", TEXTS, "detail=none"),
    ):
        for statement in _statements(index, columns, how):
            made: Any = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(units, "after_create", made.execute_if(dialect="sqlite"))


def _statements(index: str, columns: tuple[str, ...], how: str) -> Iterator[str]:
    """The index without the texts themselves, and the triggers that keep it true."""
    old, new = (
        f"CAST({row}.orgnr AS INTEGER), {_folded(_joined(columns, f'{row}.'))}" for row in ("old", "new")
    )
    forget = f"INSERT INTO {index}({index}, rowid, words) VALUES ('delete', {old});"  # noqa: S608
    learn = f"INSERT INTO {index}(rowid, words) VALUES ({new});"  # noqa: S608
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    yield f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', columnsize=0, {how})"
    yield f"CREATE TRIGGER {index}_new AFTER INSERT ON units BEGIN {learn} END"
    yield f"CREATE TRIGGER {index}_gone AFTER DELETE ON units BEGIN {forget} END"
    yield (
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {', '.join(columns)} ON units"
        f" WHEN {differs} BEGIN {forget} {learn} END"
    )


def _folded(expression: str) -> str:
    lowered = f"lower({expression})"
    for letter, plain in _LETTERS.items():
        lowered = f"replace({lowered}, '{letter}', '{plain}')"
    return lowered


def _joined(columns: tuple[str, ...], row: str) -> str:
    return " || ' ' || ".join(f"coalesce({row}{column}, '')" for column in columns)
