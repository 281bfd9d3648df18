"""Fingerprints of tables: the same rows give the same one on every database, whatever their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from crm.storage.base import own_tables

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)
_AT_A_TIME = 5000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and the sum of their fingerprints in hexadecimal."""

    rows: int
    hash: str


def tally(rows: Iterable[tuple[Any, ...]]) -> Tally:
    """Count rows and add their fingerprints up.

    A row is read as Python writes its values, so equal values must have equal types.
    """
    count, total = 0, 0
    for row in rows:
        total += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=_BYTES).digest())
        count += 1
    return Tally(count, f"{total % _MODULUS:0{2 * _BYTES}x}")


def tallies(connection: Connection) -> dict[str, Tally]:
    """The fingerprint of every table the models know, as the models read its values."""
    found = {}
    for table in own_tables():
        streamed = {"yield_per": _AT_A_TIME}
        with connection.execute(select(table), execution_options=streamed) as rows:
            found[table.name] = tally(tuple(row) for row in rows)
    return found


def one_hash(found: Mapping[str, Tally]) -> str:
    """One fingerprint for many tables."""
    lines = "\n".join(f"{name} {one.rows} {one.hash}" for name, one in sorted(found.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
