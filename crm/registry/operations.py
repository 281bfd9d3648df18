"""Acts on the mirror: taking in what the register says, and erasing what it has removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.registry import rows
from crm.registry.counts import Counts, Record, Told
from crm.registry.differences import NOBODY, Watch
from crm.registry.loading import Loading, ToRow, batches
from crm.registry.models import Unit
from crm.registry.writing import Writer
from crm.sources import units as register
from crm.sources.industry_standard import guess_standard

_SAMPLE = 3000


def load(
    session: Session,
    records: Iterable[Record],
    *,
    source: str,
    now: datetime,
    told: Callable[[Counts], None] | None = None,
    watch: Watch = NOBODY,
) -> Counts:
    """Take in units or sub-units, whichever they are; one transaction, which the caller commits or not.

    The counts carry the news about the units on ``watch``. Raises InvalidInput where the records break off:
    nothing of the load must be committed then.
    """
    stream = iter(records)
    sample = list(islice(stream, _SAMPLE))
    to_row = _row_maker(session, sample, source=source, now=now)
    with Writer(session.connection()) as writer:
        loading = Loading(session, writer, to_row, watch, now)
        for batch in batches(chain(sample, stream), loading.counts):
            writer.settle()
            loading.store(batch)
            if told:
                told(loading.counts)
    return loading.counts


def _row_maker(session: Session, sample: list[Record], *, source: str, now: datetime) -> ToRow:
    standard = guess_standard(
        industry.code
        for record in sample
        if isinstance(record, register.Unit | register.SubUnit)
        for industry in record.industries
    )
    to_2025 = codes.successors(session).of if standard == "SN2007" else _same

    def make(unit: Told) -> rows.Row:
        if isinstance(unit, register.Unit):
            return rows.unit_row(unit, standard, to_2025, source=source, now=now)
        return rows.sub_unit_row(unit, standard, to_2025, source=source, now=now)

    return make


def _same(code: str) -> str | None:
    return code


def map_to_new_standard(session: Session) -> int:
    """Give stored SN2007 codes their successors after a new correspondence table; how many rows changed."""
    of = codes.successors(session).of
    old = (
        select(Unit.industry).where(Unit.industry_standard == "SN2007", Unit.industry.is_not(None)).distinct()
    )
    changed = 0
    for code in session.scalars(old).all():
        successor = of(code) if code else None
        stale = update(Unit).where(
            Unit.industry == code,
            Unit.industry_standard == "SN2007",
            Unit.industry_2025.is_distinct_from(successor),
        )
        touched: Any = session.execute(stale.values(industry_2025=successor))
        changed += int(touched.rowcount)
    return changed
