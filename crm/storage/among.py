"""Looking up some thousands of rows in one statement that is the same however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, false, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from crm.storage.finding import Either


def among(column: Any, values: Iterable[int | str]) -> ColumnElement[bool]:
    """Whether a column of numbers or of texts has one of the values; they travel as one parameter.

    ``IN`` with a place for each value is another statement for each count, and is put together anew.
    """
    given = list(values)
    if not given:
        return false()
    kind = Integer() if isinstance(given[0], int) else String()
    packed = func.json_each(bindparam(None, json.dumps(given), String)).table_valued("value")
    listed = bindparam(None, given, ARRAY(kind))
    return Either(column.in_(select(literal_column("value")).select_from(packed)), column == func.any(listed))
