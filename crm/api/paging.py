"""Long lists a piece at a time: the cursor remembers where the last piece ended, not how many there were."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, true
from sqlalchemy.orm import Session

from crm.api.shapes import LARGEST_ID, ListQuery, Shape
from crm.errors import InvalidInput
from crm.fields import queries
from crm.fields.models import Subject

T = TypeVar("T")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Term:
    """One part of an order: what is compared, its type, and which way it runs. It is never empty."""

    value: Any
    kind: type = str
    descending: bool = False

    @property
    def ordering(self) -> Any:
        return self.value.desc() if self.descending else self.value.asc()

    def after(self, last: Any) -> Any:
        return self.value < last if self.descending else self.value > last

    def read(self, text: Any) -> Any:
        """A value of the cursor; ValueError where it cannot be one of ours."""
        if self.kind is datetime:
            return datetime.fromisoformat(text).astimezone(UTC)
        if self.kind is date:
            return date.fromisoformat(text)
        if type(text) is not self.kind:
            raise TypeError
        fits = -LARGEST_ID <= text <= LARGEST_ID if isinstance(text, int) else _is_plain(str(text))
        if not fits:
            raise ValueError
        return text


def _is_plain(text: str) -> bool:
    """Whether a database takes the text; UnicodeEncodeError, a ValueError, for half a letter."""
    return len(text.encode()) <= _LONGEST and "\0" not in text


def piece(
    session: Session,
    rows: Select[T],
    order: tuple[Term, ...],
    asked: ListQuery,
    shape: Callable[..., Shape],
    own: Subject | None = None,
) -> dict[str, Any]:
    """The records after the cursor, and the cursor of the next piece; none where this is the last.

    ``own`` is the kind of record whose own fields the shape is given too.
    """
    ordered = rows.order_by(None).order_by(*(term.ordering for term in order))
    narrowed = ordered.where(_after(order, _opened(asked.cursor, order)))
    found = session.execute(
        narrowed.add_columns(*(term.value for term in order)).limit(asked.limit + 1)
    ).all()
    shown = found[: asked.limit]
    more = len(found) > asked.limit
    beside = (queries.values_of(session, own, [row[0].id for row in shown]),) if own else ()
    return {
        "items": [shape(row[0], *beside) for row in shown],
        "next_cursor": _closed(order, shown[-1][1:]) if more else None,
    }


def _after(order: tuple[Term, ...], last: list[Any] | None) -> ColumnElement[bool]:
    """Rows that come after the values of the last one, in this order."""
    if last is None:
        return true()
    steps = []
    for place, term in enumerate(order):
        same = [earlier.value == last[at] for at, earlier in enumerate(order[:place])]
        steps.append(and_(*same, term.after(last[place])))
    return or_(*steps)


def _closed(order: tuple[Term, ...], values: Any) -> str:
    plain = [_name(order), *(v.isoformat() if isinstance(v, datetime | date) else v for v in values)]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _opened(cursor: str | None, order: tuple[Term, ...]) -> list[Any] | None:
    """The values in a cursor; InvalidInput for one this list did not give, or gave in another order."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        terms = order if name == _name(order) else ()
        return [term.read(value) for term, value in zip(terms, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInput(
            "Denne lista kan ikke fortsette herfra. Hent den fra begynnelsen.", field="cursor"
        ) from error


def _name(order: tuple[Term, ...]) -> str:
    """What tells the cursors of one order from those of another."""
    said = ",".join(f"{'-' if term.descending else ''}{term.value}" for term in order)
    return f"{zlib.crc32(said.encode()):08x}"
