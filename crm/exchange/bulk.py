"""Rows gathered for many records and written together, with what was written for which row of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy.orm import Session

from crm.activities.models import Activity, FollowUp
from crm.companies import operations as companies
from crm.companies.models import Company, Lead, lead_segments
from crm.contacts.models import CompanyRole, Contact
from crm.exchange.ids import Ids
from crm.exchange.models import Import
from crm.exchange.newcomers import Line, Newcomers
from crm.exchange.queries import PlannedRow
from crm.history import operations as history
from crm.history.models import Entry
from crm.registry import queries as registry
from crm.registry.writing import Writer
from crm.segments import queries as segments

# Companies are written first and alone; then what hangs on them, persons before their roles.
_HANGING: tuple[Any, ...] = (Lead, Contact, CompanyRole, Activity, FollowUp)


class Bulk:
    """One block of an import while it is being written; what it wrote is there once it is left."""

    def __init__(self, session: Session, found: Import, *, now: datetime) -> None:
        self._session, self._import, self._now = session, found, now
        self.new = Newcomers(found, now=now)
        self._segments = {one.code: one for one in session.scalars(segments.segments())}
        self._ids = Ids(session, (Company, *_HANGING))
        self._writer = Writer(session.connection())
        self._waiting: dict[Any, list[tuple[int, Line]]] = defaultdict(list)
        self._marked: list[tuple[Line, Sequence[str]]] = []
        self._roles: list[tuple[int, Line, int, str]] = []
        self._trail: list[Line] = []
        self.written: dict[int, list[list[Any]]] = defaultdict(list)

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._flush()
        finally:
            self._writer.__exit__(kind, error, trace)

    def settle(self) -> None:
        """Wait until what is on its way is written, so that it can be asked for."""
        self._writer.settle()

    def create_companies(self, rows: Sequence[PlannedRow]) -> dict[str, int]:
        """Companies and their leads for these rows; the new ids by the rows' keys."""
        numbers = [row.plan["create"].get("orgnr") for row in rows if row.plan.get("register")]
        units = registry.by_orgnrs(self._session, [number for number in numbers if number])
        ids = self._ids.take(Company, len(rows))
        for row, company_id in zip(rows, ids, strict=True):
            line = self.new.company(row.plan["create"], units) | {"id": company_id}
            self._waiting[Company].append((row.number, line))
            self.follow(row, company_id, row.plan.get("lead", {}))
        self._write(Company)
        self._number(Lead)
        self._write(Lead)
        return {row.company_key: company_id for row, company_id in zip(rows, ids, strict=True)}

    def follow(self, row: PlannedRow, company_id: int, lead: Line) -> None:
        """Begin to follow a company."""
        line = self.new.lead(company_id, lead)
        self._waiting[Lead].append((row.number, line))
        if lead.get("segments"):
            self._marked.append((line, lead["segments"]))

    def segment(self, row: PlannedRow, lead: Lead, codes: Sequence[str]) -> None:
        """Give a lead these segments."""
        before = sorted(segment.code for segment in lead.segments)
        lead.segments = [self._segments[code] for code in codes if code in self._segments]
        self._remember(row, lead, {"segments": [before, list(codes)]})

    def change(self, row: PlannedRow, record: Any, changes: Line, *, silent: bool = False) -> None:
        """Change a record, and remember its old values; ``silent`` keeps them out of the trail."""
        old = {name: getattr(record, name) for name in changes}
        real = {name: new for name, new in changes.items() if old[name] != new}
        named = isinstance(record, Company) and "name" in real
        for name, new in (real | (companies.named(real["name"]) if named else {})).items():
            setattr(record, name, new)
        if real:
            told = {name: [history.plain(old[name]), history.plain(new)] for name, new in real.items()}
            self._remember(row, record, told, silent=silent)

    def create_person(self, row: PlannedRow, company_id: int, person: Line) -> None:
        """A person with a role at a company."""
        line = self.new.person(person)
        self._waiting[Contact].append((row.number, line))
        self._roles.append((row.number, line, company_id, person.get("title", "")))

    def add(self, row: PlannedRow, model: Any, line: Line) -> None:
        """A record that hangs on a company."""
        self._waiting[model].append((row.number, line))

    def _remember(self, row: PlannedRow, record: Any, changes: Line, *, silent: bool = False) -> None:
        table = record.__tablename__
        self.written[row.number].append([table, record.id, changes])
        told = dict.fromkeys(changes) if silent else changes
        self._trail.append(self._entry(row.number, table, record.id, told))

    def _flush(self) -> None:
        """Write everything gathered, in the order in which records hang on each other."""
        self._writer.settle()
        self._session.flush()
        self._number(Contact)
        for number, person, company_id, title in self._roles:
            self._waiting[CompanyRole].append((number, self.new.role(person["id"], company_id, title)))
        for model in _HANGING:
            if model is not Contact:
                self._number(model)
        for model in _HANGING:
            self._write(model)
        self._write_segments()
        if self._trail:
            self._writer.insert(_table(Entry), self._trail)

    def _number(self, model: Any) -> None:
        """Give the gathered records of a model their ids."""
        fresh = [line for _number, line in self._waiting[model] if "id" not in line]
        for line, made in zip(fresh, self._ids.take(model, len(fresh)), strict=True):
            line["id"] = made

    def _write(self, model: Any) -> None:
        """Send the gathered records of a model on their way, each with its line in the trail."""
        waiting = self._waiting.pop(model, [])
        table = model.__tablename__
        for number, line in waiting:
            self.written[number].append([table, line["id"]])
            self._trail.append(self._entry(number, table, line["id"], {}))
        if waiting:
            self._writer.insert(_table(model), [line for _number, line in waiting])

    def _write_segments(self) -> None:
        lines = [
            {"lead_id": lead["id"], "segment_id": self._segments[code].id}
            for lead, codes in self._marked
            for code in codes
            if code in self._segments
        ]
        if lines:
            self._writer.insert(lead_segments, lines)

    def _entry(self, number: int, table: str, made: int, changes: Line) -> Line:
        return {
            "at": self._now,
            "actor_id": self._import.by_id,
            "action": f"{table}:import",
            "subject": table[:20],
            "subject_id": made,
            "changes": {"import": self._import.id, "row": number} | changes,
        }


def _table(model: Any) -> Any:
    return model.__table__
