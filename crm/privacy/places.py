"""Where a person was found, gathered by table as the pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from crm.privacy.catalogue import Erasure
from crm.privacy.finding import Hit
from crm.privacy.purposes import HOLDINGS, PURPOSES, RULES

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of one table that name a person; ``fate`` is what becomes of each when they are erased."""

    table: str
    holds: str
    purpose: str
    basis: str
    keep: str
    rows: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the record it belongs to, the texts, and what an erasure does to it."""

    key: tuple[object, ...]
    texts: list[str]
    fate: Erasure


def gather(hits: Iterable[Hit]) -> list[Gathered]:
    """The hits by table, those we can show first; at most twelve rows of each are shown."""
    by_table = groupby(sorted(hits, key=_order), key=lambda hit: hit.field.table)
    return [_gathered(table, list(found)) for table, found in by_table]


def _gathered(table: str, hits: list[Hit]) -> Gathered:
    field = hits[0].field
    rows = [list(found) for _key, found in groupby(hits, key=lambda hit: hit.key)]
    purpose, rule = PURPOSES[field.purpose], RULES[field.keep]
    lines = [_line(found) for found in rows[:_SHOWN]]
    return Gathered(table, HOLDINGS[table], purpose.name, purpose.basis, rule.said, len(rows), lines)


def _line(hits: list[Hit]) -> Line:
    texts = list({hit.excerpt.casefold(): hit.excerpt for hit in reversed(hits) if hit.excerpt}.values())[
        ::-1
    ]
    return Line(hits[0].key, _longest(texts), _fate([hit.field.erasure for hit in hits]))


def _longest(texts: list[str]) -> list[str]:
    """Without a text that only repeats another in other letters, as the keys we sort by do."""
    return [text for text in texts if not any(text != other and text in other for other in texts)]


def _fate(each: list[Erasure]) -> Erasure:
    return next(fate for fate in (Erasure.ROW, Erasure.MASK, Erasure.UNLINK, Erasure.STAY) if fate in each)


def _order(hit: Hit) -> tuple[str, tuple[str, ...]]:
    return hit.field.table, tuple(str(part).zfill(12) for part in hit.key)
