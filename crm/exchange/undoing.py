"""Taking back what an import wrote, a block of rows at a time: new records go, old values return.

What somebody has touched since is left as it is and named on its row: a record with an entry in the trail
of another hand, a value that is no longer ours, a company or person that others have hung something on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select, union
from sqlalchemy.orm import Session, joinedload

from crm.activities.models import Activity, FollowUp
from crm.companies import operations as companies
from crm.companies.models import Company, Lead, Stage
from crm.contacts.models import CompanyRole, Contact
from crm.errors import said
from crm.exchange.models import Import, ImportRow
from crm.exchange.planned import altered
from crm.exchange.remarks import of_field
from crm.history.models import Entry
from crm.segments import queries as segments
from crm.storage.base import Base

_LEFT = {
    "companies": said("Virksomheten er endret eller tatt i bruk etter innlesingen, og er ikke angret."),
    "leads": said("Saken er endret eller tatt i bruk etter innlesingen, og er ikke angret."),
    "contacts": said("Personen er endret eller tatt i bruk etter innlesingen, og er ikke angret."),
    "company_roles": said("Rollen er endret etter innlesingen, og er ikke angret."),
    "activities": said("Notatet er endret etter innlesingen, og er ikke angret."),
    "follow_ups": said("Neste steg er endret etter innlesingen, og er ikke angret."),
}
_MODELS: dict[str, Any] = {
    model.__tablename__: model for model in (Company, Lead, Contact, CompanyRole, Activity, FollowUp)
}
# What hangs on others goes first; companies and leads go when everything of ours that hung on them is gone.
PHASES = (("activities", "follow_ups", "company_roles", "contacts"), ("leads", "companies"))
_OURS_TO_CASCADE = {"leads", "lead_segments", "own_values", "register_events", "suggestions"}
Line = list[Any]


def undo_block(
    session: Session, found: Import, rows: Sequence[ImportRow], phase: Sequence[str], *, now: datetime
) -> None:
    """Take back what these rows wrote to the tables of a phase."""
    pairs = [(row, line) for row in rows for line in reversed(row.written or [])]
    pairs = [(row, line) for row, line in pairs if line[0] in phase and not _left(line)]
    changed = [(row, line) for row, line in pairs if len(line) == 3]
    made = [(row, line) for row, line in pairs if len(line) == 2]
    gone = _restore(session, changed) + [line for table in phase for line in _remove(session, table, made)]
    _tell(session, found, gone, now=now)
    done = {id(line) for line in gone}
    for row in rows:
        _settle(row, done, phase)


def _left(line: Line) -> bool:
    return bool(line[-1] == "left")


def _settle(row: ImportRow, done: set[int], phase: Sequence[str]) -> None:
    """Keep of a row what was not taken back, marked as left and named."""
    kept = [line for line in row.written or [] if id(line) not in done]
    fresh = [line for line in kept if line[0] in phase and not _left(line)]
    sentences = dict.fromkeys(_LEFT[line[0]] for line in fresh)
    row.written = [[*line, "left"] if line in fresh else line for line in kept]
    left = [of_field("LEFT", sentence, None, error=False).as_json() for sentence in sentences]
    row.remarks = [*row.remarks, *left]


def _restore(session: Session, pairs: Iterable[tuple[ImportRow, Line]]) -> list[Line]:
    """Give changed records their old values, where the values are still those we wrote."""
    done: list[Line] = []
    records = _records(session, [line for _row, line in pairs])
    known = {one.code: one for one in session.scalars(segments.segments())}
    for _row, line in pairs:
        record: Any = records.get((line[0], line[1]))
        changes = line[2]
        if record is None or any(_value(record, name) != new for name, (_old, new) in changes.items()):
            continue
        for name, (old, _new) in changes.items():
            if name == "segments":
                record.segments = [known[code] for code in old if code in known]
            elif name == "name" and isinstance(record, Company):
                for column, value in companies.named(old).items():
                    setattr(record, column, value)
            else:
                setattr(record, name, _typed(name, old))
        done.append(line)
    session.flush()
    return done


def _records(session: Session, lines: Iterable[Line]) -> dict[tuple[str, int], Any]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        wanted[line[0]].add(line[1])
    found: dict[tuple[str, int], Any] = {}
    for table, ids in wanted.items():
        model = _MODELS[table]
        asked: Any = select(model).where(model.id.in_(ids))
        if model is Lead:
            asked = asked.options(joinedload(Lead.segments))
        found |= {(table, record.id): record for record in session.scalars(asked).unique()}
    return found


def _value(record: Any, name: str) -> Any:
    value = altered(record, name) if isinstance(record, Lead) else getattr(record, name)
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    if value is not None and name == "wake_on":
        return date.fromisoformat(value)
    if value is not None and name == "stage_since":
        return datetime.fromisoformat(value)
    return Stage(value) if name == "stage" else value


def _remove(session: Session, table: str, pairs: Iterable[tuple[ImportRow, Line]]) -> list[Line]:
    """Delete the records of one table we made that nobody has touched or built on."""
    lines = [line for _row, line in pairs if line[0] == table]
    if not lines:
        return []
    ids = {line[1] for line in lines}
    free = ids - _touched(session, table, ids) - _built_on(session, table, ids)
    model = _MODELS[table]
    session.execute(delete(model).where(model.id.in_(free)))
    gone = ids - set(session.scalars(select(model.id).where(model.id.in_(ids - free))))
    return [line for line in lines if line[1] in gone]


def _touched(session: Session, table: str, ids: set[int]) -> set[int]:
    """The records whose trail has an entry by another hand than an import's."""
    others = select(Entry.subject_id).where(
        Entry.subject == table[:20],
        Entry.subject_id.in_(ids),
        Entry.action.not_in([f"{table}:import", f"{table}:import-undone", "company:refresh"]),
    )
    return set(session.scalars(others))


def _built_on(session: Session, table: str, ids: set[int]) -> set[int]:
    """The records that some row of another table points to."""
    pointing = [
        select(column)
        for other in _others(table)
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]
    if not pointing:
        return set()
    asked = [one.where(one.selected_columns[0].in_(ids)) for one in pointing]
    return set(session.execute(union(*asked)).scalars())


def _others(table: str) -> list[Table]:
    """The tables whose rows keep a record from being taken back."""
    spared = _OURS_TO_CASCADE if table == "companies" else {"lead_segments", "own_values"}
    return [other for name, other in Base.metadata.tables.items() if name not in spared]


def _tell(session: Session, found: Import, lines: Iterable[Line], *, now: datetime) -> None:
    trail = [
        {
            "at": now,
            "actor_id": found.by_id,
            "action": f"{line[0]}:import-undone",
            "subject": line[0][:20],
            "subject_id": line[1],
            "changes": {"import": found.id},
        }
        for line in lines
    ]
    if trail:
        session.execute(insert(Entry), trail)
