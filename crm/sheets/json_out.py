"""Lists as JSON lines for programs: one object a row, its keys the same in every language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from crm.sheets.columns import Written


def write_json_lines(names: Sequence[str], rows: Iterable[Sequence[object]], stream: BinaryIO) -> Written:
    """Write each row to a binary stream, which stays open: numbers as numbers, days as ISO 8601."""
    count = 0
    for row in rows:
        count += 1
        line = dict(zip(names, map(_plain, row), strict=True))
        stream.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return Written(rows=count, replaced=0)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
