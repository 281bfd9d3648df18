"""Finding text through the database's own index: SQLite's FTS5, PostgreSQL's text search.

The indexes and the triggers that keep them are made by a migration: ``find_companies`` and ``find_contacts``
hold every run of three letters or digits of the texts a record is known by, ``find_activities`` every word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

OURS = "find_"
_RUN = 3


class Either(ColumnElement[bool]):
    """A rule that SQLite is asked in one way and every other database in another."""

    type = Boolean()
    _traverse_internals: Any = [  # noqa: RUF012  (as SQLAlchemy declares it)
        ("on_sqlite", InternalTraversal.dp_clauseelement),
        ("elsewhere", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, on_sqlite: ColumnElement[bool], elsewhere: ColumnElement[bool]) -> None:
        self.on_sqlite, self.elsewhere = on_sqlite, elsewhere

    def self_group(self, against: Any = None) -> Either:
        """A rule already: compared with 1, as SQLite asks of a value, it could not be looked up."""
        del against
        return self


@compiles(Either)  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]
def _elsewhere(element: Either, compiler: Any, **given: Any) -> str:
    return f"({compiler.process(element.elsewhere, **given)})"


@compiles(Either, "sqlite")  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]
def _on_sqlite(element: Either, compiler: Any, **given: Any) -> str:
    return f"({compiler.process(element.on_sqlite, **given)})"


def holds(
    index: str, key: Any, texts: Sequence[Any], words: Iterable[str], *, walk: bool = False
) -> ColumnElement[bool]:
    """Whether the texts of a record hold every word, anywhere in them; ``words`` are folded.

    Words shorter than three signs are in no index and are looked for row by row, and so is every word where
    the rows are to be walked in an order of their own (``walk``).
    """
    asked = list(words)
    whole = _joined(texts)
    each = [whole.contains(word, autoescape=True) for word in asked]
    indexed = [word for word in asked if len(word) >= _RUN]
    if walk or not indexed:
        return and_(true(), *each)
    short = [rule for word, rule in zip(asked, each, strict=True) if len(word) < _RUN]
    matching = _match(index, " ".join(_quoted(word) for word in indexed))
    return Either(and_(key.in_(matching), *short), and_(true(), *each))


def is_indexed(words: Iterable[str]) -> bool:
    """Whether any of the words is long enough to be looked up in an index."""
    return any(len(word) >= _RUN for word in words)


def beginning(key: Any, name_key: Any, typed: str, *, at_most: int) -> ColumnElement[bool]:
    """Whether a record is among the first whose name begins with a folded text, read off the name's index."""
    begins = and_(name_key >= typed, name_key < typed + "\uffff")
    return key.in_(select(key).where(begins).order_by(name_key).limit(at_most))  # type: ignore[no-any-return]


def begins_with(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a code begins so, read off its index."""
    begins = column.startswith(text, autoescape=True)
    return Either(and_(column >= text, column < text + "\uffff"), begins)


def has_words(index: str, key: Any, text: Any, words: Sequence[str], *, newest: int) -> ColumnElement[bool]:
    """Whether a text has words that begin so, among the ``newest`` rows that do; ``words`` are folded."""
    if not words:
        return false()
    matching = _match(index, " ".join(f"{_quoted(word)}*" for word in words))
    newest_first = matching.order_by(literal_column("rowid").desc()).limit(newest)
    asked = func.to_tsquery("simple", " & ".join(f"'{word}':*" for word in words))
    return Either(key.in_(newest_first), func.find_words(text).op("@@")(asked))


def closeness(name_key: Any, words: Sequence[str]) -> ColumnElement[int]:
    """0 for a name that begins with what was typed, 1 where each word begins one of its words, else 2."""
    starts = [(literal(" ") + name_key).contains(f" {word}", autoescape=True) for word in words]
    begins = name_key.startswith(" ".join(words), autoescape=True)
    return case((begins, 0), (and_(true(), *starts), 1), else_=2)


def digits_of(phone: Any) -> ColumnElement[str]:
    """A stored number without spaces and without Norway's country code."""
    return func.replace(func.replace(func.coalesce(phone, ""), " ", ""), "+47", "")


def _match(index: str, asked: str) -> Any:
    found = table(index)
    rule = literal_column(index, String).op("MATCH")(bindparam(None, asked, String))
    return select(literal_column("rowid")).select_from(found).where(rule)


def _joined(texts: Sequence[Any]) -> ColumnElement[str]:
    whole: Any = texts[0]
    for text in texts[1:]:
        whole = whole + " " + func.coalesce(text, "")
    return whole  # type: ignore[no-any-return]


def _quoted(word: str) -> str:
    """A word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""') + '"'
