"""Taking back what an import wrote, a block of rows at a time: new records go, old values return.

What somebody has touched since is left as it is and named on its row: a record with an entry in the trail
of another hand, a value that is no longer ours, a company or person that others have hung something on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, union, update
from sqlalchemy.orm import Session, joinedload

from crm.activities.models import Activity, FollowUp
from crm.companies import operations as companies
from crm.companies.models import Company, Lead, Stage
from crm.contacts.models import CompanyRole, Contact
from crm.errors import said
from crm.exchange.models import Import, ImportRow
from crm.exchange.planned import altered
from crm.exchange.queries import WrittenRow
from crm.exchange.remarks import of_field
from crm.history.models import Entry
from crm.registry.writing import Writer
from crm.segments import queries as segments
from crm.storage.among import among
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
_OURS_TO_CASCADE = {"company_pairs", "leads", "lead_segments", "own_values", "register_events", "suggestions"}
_KEEP = (
    update(ImportRow.__table__)  # type: ignore[arg-type]
    .where(ImportRow.id == bindparam("row"))
    .values(written=bindparam("lines"))
)
Line = list[Any]


def undo_block(
    session: Session, found: Import, rows: Sequence[WrittenRow], phase: Sequence[str], *, now: datetime
) -> None:
    """Take back what these rows wrote to the tables of a phase."""
    lines = [line for row in rows for line in reversed(row.written) if line[0] in phase and not _left(line)]
    changed = [line for line in lines if len(line) == 3]
    made = [line for line in lines if len(line) == 2]
    gone = _restore(session, changed) + [line for table in phase for line in _remove(session, table, made)]
    _tell(session, found, gone, now=now)
    done = {id(line) for line in gone}
    settled = [one for row in rows if (one := _settled(session, row, done, phase))]
    if settled:
        session.connection().execute(_KEEP, settled)


def _left(line: Line) -> bool:
    return bool(line[-1] == "left")


def _settled(
    session: Session, row: WrittenRow, done: set[int], phase: Sequence[str]
) -> dict[str, Any] | None:
    """What a row keeps of what was written for it; what was left is marked, and named on the row."""
    kept = [line for line in row.written if id(line) not in done]
    fresh = [line for line in kept if line[0] in phase and not _left(line)]
    if fresh:
        named = [
            of_field("LEFT", sentence, None, error=False).as_json()
            for sentence in dict.fromkeys(_LEFT[line[0]] for line in fresh)
        ]
        told = session.get_one(ImportRow, row.id)
        told.remarks = [*told.remarks, *named]
    if len(kept) == len(row.written) and not fresh:
        return None
    return {"row": row.id, "lines": [[*line, "left"] if line in fresh else line for line in kept]}


def _restore(session: Session, lines: Sequence[Line]) -> list[Line]:
    """Give changed records their old values, where the values are still those we wrote."""
    done: list[Line] = []
    records = _records(session, lines)
    known = {one.code: one for one in session.scalars(segments.segments())}
    for line in lines:
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
        asked: Any = select(model).where(among(model.id, ids))
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


def _remove(session: Session, table: str, made: Iterable[Line]) -> list[Line]:
    """Delete the records of one table we made that nobody has touched or built on."""
    lines = [line for line in made if line[0] == table]
    if not lines:
        return []
    ids = {line[1] for line in lines}
    free = ids - _touched(session, table, ids) - _built_on(session, table, ids)
    model = _MODELS[table]
    session.connection().execute(delete(model.__table__).where(among(model.id, free)))
    gone = ids - set(session.scalars(select(model.id).where(among(model.id, ids - free))))
    return [line for line in lines if line[1] in gone]


def _touched(session: Session, table: str, ids: set[int]) -> set[int]:
    """The records whose trail has an entry by another hand than an import's."""
    others = select(Entry.subject_id).where(
        Entry.subject == table[:20],
        among(Entry.subject_id, ids),
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
    asked = [one.where(among(one.selected_columns[0], ids)) for one in pointing]
    return set(session.execute(union(*asked)).scalars())


def _others(table: str) -> list[Table]:
    """The tables whose rows keep a record from being taken back."""
    spared = _OURS_TO_CASCADE if table == "companies" else {"contact_pairs", "lead_segments", "own_values"}
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
        with Writer(session.connection()) as writer:
            writer.insert(Entry.__table__, trail)  # type: ignore[arg-type]
