"""Ids for records that are written many at once, known before they are written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Ids:
    """Ids nobody else will get: from the counter on PostgreSQL; on SQLite whoever writes is alone.

    SQLite is asked at once, while nothing is on its way to it.
    """

    def __init__(self, session: Session, models: Iterable[Any]) -> None:
        self._session = session
        self._counted = session.get_bind().dialect.name == "postgresql"
        self._next = {} if self._counted else {model: count(self._last(model) + 1) for model in models}

    def take(self, model: Any, number: int) -> list[int]:
        """So many ids for new records of a model."""
        if not number:
            return []
        if not self._counted:
            return list(islice(self._next[model], number))
        counter = func.pg_get_serial_sequence(model.__tablename__, "id")
        drawn = select(func.nextval(counter)).select_from(func.generate_series(1, number))
        return list(self._session.scalars(drawn))

    def _last(self, model: Any) -> int:
        return self._session.scalar(select(func.max(model.id))) or 0
