"""Acts on the mirror: taking in what the register says, and erasing what it has removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.errors import said
from crm.registry import rows
from crm.registry.models import LoadState, RegisterLoad, SubUnit, Unit
from crm.registry.writing import Writer
from crm.sources import units as register
from crm.sources.industry_standard import guess_standard

BATCH = 1000
_SAMPLE = 3000
SEGMENTS = "segments"
LONGEST_FETCH = timedelta(minutes=15)
LONGEST_LOAD = timedelta(hours=6)

Record = register.Unit | register.SubUnit | register.RemovedUnit | register.Rejected


@dataclass
class Counts:
    """What a load did; ``left_out`` are personal forms, ``erased`` the numbers the register removed."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    left_out: int = 0
    erased: list[str] = field(default_factory=list)
    rejections: list[register.Rejected] = field(default_factory=list)

    def line(self, kind: str, seconds: float) -> str:
        """The line that scripts read."""
        numbers = f"{self.read} read, {self.new} new, {self.changed} changed, {self.unchanged} unchanged"
        return f"{kind}: {numbers}, {self.removed} removed, {self.rejected} rejected in {seconds:.1f} s"


def load(
    session: Session,
    records: Iterable[Record],
    *,
    source: str,
    now: datetime,
    told: Callable[[Counts], None] | None = None,
) -> Counts:
    """Take in units or sub-units, whichever they are; one transaction, which the caller commits or not.

    Raises InvalidInput where the records break off: nothing of the load must be committed then.
    """
    counts = Counts()
    stream = iter(records)
    sample = list(islice(stream, _SAMPLE))
    to_row = _row_maker(session, sample, source=source, now=now)
    with Writer(session.connection()) as writer:
        for batch in _batches(chain(sample, stream), counts):
            writer.settle()
            _store(session, batch, to_row, counts, writer=writer)
            if told:
                told(counts)
    return counts


def _row_maker(
    session: Session, sample: list[Record], *, source: str, now: datetime
) -> Callable[[register.Unit | register.SubUnit], rows.Row]:
    standard = guess_standard(
        industry.code
        for record in sample
        if isinstance(record, register.Unit | register.SubUnit)
        for industry in record.industries
    )
    to_2025 = codes.successors(session).of if standard == "SN2007" else _same

    def make(unit: register.Unit | register.SubUnit) -> rows.Row:
        if isinstance(unit, register.Unit):
            return rows.unit_row(unit, standard, to_2025, source=source, now=now)
        return rows.sub_unit_row(unit, standard, to_2025, source=source, now=now)

    return make


def _same(code: str) -> str | None:
    return code


def _batches(records: Iterator[Record], counts: Counts) -> Iterator[dict[str, Record]]:
    """Up to a thousand records, each number at most once, so that the last word in a file wins."""
    batch: dict[str, Record] = {}
    for record in records:
        counts.read += 1
        if isinstance(record, register.Rejected):
            counts.rejected += 1
            counts.rejections = [*counts.rejections, record][:20]
        elif isinstance(record, register.Unit) and record.form_code in register.PERSONAL_FORMS:
            counts.left_out += 1
        else:
            if len(batch) >= BATCH or record.orgnr in batch:
                yield batch
                batch = {}
            batch[record.orgnr] = record
    if batch:
        yield batch


def _store(
    session: Session,
    batch: dict[str, Record],
    to_row: Callable[[register.Unit | register.SubUnit], rows.Row],
    counts: Counts,
    *,
    writer: Writer,
) -> None:
    removed = [number for number, record in batch.items() if isinstance(record, register.RemovedUnit)]
    if removed:
        counts.removed += erase(session, removed)
        counts.erased += removed
    units = [record for record in batch.values() if isinstance(record, register.Unit)]
    workplaces = [record for record in batch.values() if isinstance(record, register.SubUnit)]
    closing = [unit for unit in units if unit.dissolved_on and not unit.industries]
    _mark_dissolved(session, closing, to_row, counts)
    shut = {unit.orgnr for unit in closing}
    _write(session, Unit, [to_row(unit) for unit in units if unit.orgnr not in shut], counts, writer=writer)
    _write(session, SubUnit, [to_row(place) for place in workplaces], counts, writer=writer)


def _write(
    session: Session,
    table: type[Unit | SubUnit],
    made: list[rows.Row],
    counts: Counts,
    *,
    writer: Writer,
) -> None:
    """Insert the new, update the changed, leave the unchanged alone."""
    if not made:
        return
    writer.settle()
    numbers = [row["orgnr"] for row in made]
    known = _digests(session, table, numbers)
    fresh = [row for row in made if row["orgnr"] not in known]
    changed = [row for row in made if known.get(row["orgnr"], row["digest"]) != row["digest"]]
    if changed:
        session.execute(update(table), changed)
    if fresh:
        writer.insert(cast("Table", table.__table__), fresh)
    counts.new += len(fresh)
    counts.changed += len(changed)
    counts.unchanged += len(made) - len(fresh) - len(changed)


def _digests(session: Session, table: type[Unit | SubUnit], numbers: list[str]) -> dict[str, bytes]:
    found = session.execute(select(table.orgnr, table.digest).where(table.orgnr.in_(numbers)))
    return {number: bytes(digest) for number, digest in found}


def _mark_dissolved(
    session: Session,
    closing: list[register.Unit],
    to_row: Callable[[register.Unit], rows.Row],
    counts: Counts,
) -> None:
    """A dissolved unit is answered in short: keep what we knew, and write the date beside it."""
    for unit in closing:
        known = session.get(Unit, unit.orgnr)
        if known is None:
            session.add(Unit(**to_row(unit)))
            counts.new += 1
        elif known.dissolved_on == unit.dissolved_on:
            counts.unchanged += 1
        else:
            known.dissolved_on, known.seen_at = unit.dissolved_on, to_row(unit)["seen_at"]
            counts.changed += 1


def erase(session: Session, numbers: list[str]) -> int:
    """Erase units the register has removed on legal grounds, and their workplaces; how many were ours."""
    gone = session.execute(delete(Unit).where(Unit.orgnr.in_(numbers)))
    places = session.execute(delete(SubUnit).where(SubUnit.orgnr.in_(numbers) | SubUnit.parent.in_(numbers)))
    return _touched(gone) + _touched(places)


def _touched(result: Any) -> int:
    return int(result.rowcount)


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
        changed += _touched(session.execute(stale.values(industry_2025=successor)))
    return changed


def begin_load(
    session: Session, kind: str, source: str, *, now: datetime, state: LoadState = LoadState.RUNNING
) -> RegisterLoad:
    """Write down that register data is being taken in, or waits to be."""
    started = now if state is LoadState.RUNNING else None
    load = RegisterLoad(
        kind=kind, source=source[:300], state=state, created_at=now, started_at=started, asked={}
    )
    session.add(load)
    session.flush()
    return load


def request_segments(session: Session, municipality_no: str, *, now: datetime) -> RegisterLoad:
    """Ask for the units of the segments' industries around a municipality; the one that waits, if any."""
    waiting = select(RegisterLoad).where(
        RegisterLoad.kind == SEGMENTS, RegisterLoad.state.in_([LoadState.WAITING, LoadState.RUNNING])
    )
    asked = {"municipality_no": municipality_no}
    for load in session.scalars(waiting):
        if load.asked == asked:
            return load
    made = begin_load(session, SEGMENTS, "Enhetsregisteret", now=now, state=LoadState.WAITING)
    made.asked = asked
    return made


def claim_load(session: Session, load_id: int, *, now: datetime) -> dict[str, Any] | None:
    """Take a load that waits, or that its worker left; what was asked, or None when another has it."""
    left = (RegisterLoad.state == LoadState.RUNNING) & (RegisterLoad.started_at < now - LONGEST_FETCH)
    taken = session.execute(
        update(RegisterLoad)
        .where(RegisterLoad.id == load_id, (RegisterLoad.state == LoadState.WAITING) | left)
        .values(state=LoadState.RUNNING, started_at=now)
        .returning(RegisterLoad.asked)
        .execution_options(synchronize_session=False)
    ).first()
    return dict(taken[0]) if taken else None


def finish_load(session: Session, load_id: int, counts: Counts, *, now: datetime) -> None:
    """Write down what a load did; in the load's own transaction, so that both stand or fall."""
    numbers = {
        name: getattr(counts, name) for name in ("read", "new", "changed", "unchanged", "removed", "rejected")
    }
    _close_load(session, load_id, state=LoadState.DONE, finished_at=now, message="", **numbers)


def fail_load(session: Session, load_id: int, message: str, *, now: datetime) -> None:
    """Write down why a load took nothing in."""
    _close_load(session, load_id, state=LoadState.FAILED, finished_at=now, message=message[:2000])


def give_up_abandoned(session: Session, *, now: datetime) -> int:
    """Close loads of files whose process must have been killed: nothing of them was taken in."""
    left = update(RegisterLoad).where(
        RegisterLoad.state == LoadState.RUNNING,
        RegisterLoad.kind != SEGMENTS,
        RegisterLoad.started_at < now - LONGEST_LOAD,
    )
    told = said("Innlesingen ble avbrutt. Ingenting er endret. Start den på nytt.")
    return _touched(session.execute(left.values(state=LoadState.FAILED, finished_at=now, message=told)))


def _close_load(session: Session, load_id: int, **values: Any) -> None:
    closing = update(RegisterLoad).where(RegisterLoad.id == load_id).values(**values)
    session.execute(closing.execution_options(synchronize_session=False))
