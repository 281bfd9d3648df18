"""Rows gathered for many records and written together, with what was written for which row of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from crm import clock
from crm.activities.models import Activity, FollowUp, Kind
from crm.companies import operations as companies
from crm.companies.models import RESTING, Company, FactsSource, Lead, Stage, lead_segments
from crm.contacts.models import CompanyRole, Contact
from crm.errors import InvalidInput
from crm.exchange.drafts import choices_of
from crm.exchange.models import Import, ImportRow
from crm.history import operations as history
from crm.history.models import Entry
from crm.ordering import key_on_top
from crm.registry import queries as registry
from crm.segments import queries as segments
from crm.storage.base import Base

_SOON = timedelta(days=14)
Line = dict[str, Any]


class Bulk:
    """One block of an import while it is being written."""

    def __init__(self, session: Session, found: Import, *, now: datetime) -> None:
        self._session, self._import, self._now = session, found, now
        self._choices = choices_of(found.choices)
        self._waiting: dict[type[Base], list[tuple[int, Line]]] = defaultdict(list)
        self._people: list[tuple[ImportRow, Line, int, str]] = []
        self._trail: list[Line] = []
        self._makers: dict[int, set[int]] = defaultdict(set)
        self._segments = {one.code: one for one in session.scalars(segments.segments())}
        self.written: dict[int, list[list[Any]]] = defaultdict(list)

    def makers(self, row: ImportRow) -> set[int]:
        """The companies this row has made in this block."""
        return self._makers[row.number]

    def create_companies(self, rows: Sequence[ImportRow]) -> dict[str, int]:
        """Companies and their leads for these rows; the new ids by the rows' keys."""
        numbers = [row.plan["create"].get("orgnr") for row in rows if row.plan.get("register")]
        units = registry.by_orgnrs(self._session, [number for number in numbers if number])
        ids = self._insert(Company, [self._company(row.plan["create"], units) for row in rows])
        pairs = list(zip(rows, ids, strict=True))
        for row, company_id in pairs:
            self._note_written(row.number, Company, company_id)
            self._makers[row.number].add(company_id)
        leads = self._insert(Lead, [self._lead(number, row.plan.get("lead", {})) for row, number in pairs])
        for row, lead_id in zip(rows, leads, strict=True):
            self._note_written(row.number, Lead, lead_id)
        self._segment_lines(
            {row.number: row.plan.get("lead", {}).get("segments", ()) for row in rows}, rows, leads
        )
        return {row.company_key: company_id for row, company_id in pairs}

    def _company(self, create: Line, units: dict[str, Any]) -> Line:
        """The columns of a new company: the register's facts where it has them, and the file's besides."""
        unit = units.get(create.get("orgnr", ""))
        line: Line = dict.fromkeys(_COMPANY) | {"purpose": ""} | self._born()
        if unit is None:
            own = {"facts_source": FactsSource.OURS, "facts_at": self._now}
            return line | own | create | companies.named(create["name"])
        facts = companies.facts_of(unit)
        more = {name: value for name, value in create.items() if not facts.get(name) and name != "name"}
        return line | facts | more

    def _lead(self, company_id: int, lead: Line) -> Line:
        line = {
            "company_id": company_id,
            "owner_id": lead.get("owner_id"),
            "source": (lead.get("source") or self._choices.source)[:200],
            "created_at": self._now,
            "version": 1,
            "last_contact_at": None,
            "wake_on": None,
            "resting_reason": "",
        }
        return line | self.at_stage(Stage(lead.get("stage", Stage.IDENTIFIED)))

    def at_stage(self, stage: Stage) -> Line:
        """A lead at a stage from now on; one that rests says that a file put it there."""
        line: Line = {"stage": stage, "stage_since": self._now, "board_key": key_on_top(self._now)}
        return line | ({"resting_reason": self._import.name[:300]} if stage in RESTING else {})

    def follow(self, row: ImportRow, company_id: int, lead: Line) -> None:
        """Begin to follow a company."""
        (lead_id,) = self._insert(Lead, [self._lead(company_id, lead)])
        self._note_written(row.number, Lead, lead_id)
        self._segment_lines({row.number: lead.get("segments", ())}, [row], [lead_id])

    def segment(self, row: ImportRow, lead: Lead, codes: Sequence[str]) -> None:
        """Give a lead these segments."""
        before = sorted(segment.code for segment in lead.segments)
        lead.segments = [self._segments[code] for code in codes if code in self._segments]
        self._remember(row, lead, {"segments": [before, list(codes)]})

    def _segment_lines(
        self, codes: dict[int, Sequence[str]], rows: Sequence[ImportRow], leads: Sequence[int]
    ) -> None:
        lines = [
            {"lead_id": lead_id, "segment_id": self._segments[code].id}
            for row, lead_id in zip(rows, leads, strict=True)
            for code in codes[row.number]
            if code in self._segments
        ]
        if lines:
            self._session.execute(insert(lead_segments), lines)

    def change(self, row: ImportRow, record: Any, changes: Line, *, silent: bool = False) -> None:
        """Change a record, and remember its old values; ``silent`` keeps them out of the trail."""
        old = {name: getattr(record, name) for name in changes}
        real = {name: new for name, new in changes.items() if old[name] != new}
        named = isinstance(record, Company) and "name" in real
        for name, new in (real | (companies.named(real["name"]) if named else {})).items():
            setattr(record, name, new)
        if real:
            told = {name: [history.plain(old[name]), history.plain(new)] for name, new in real.items()}
            self._remember(row, record, told, silent=silent)

    def _remember(self, row: ImportRow, record: Any, changes: Line, *, silent: bool = False) -> None:
        table = record.__tablename__
        self.written[row.number].append([table, record.id, changes])
        told = dict.fromkeys(changes) if silent else changes
        self._trail.append(self._entry(row.number, table, record.id, told))

    def create_person(self, row: ImportRow, company_id: int, person: Line) -> None:
        """A person with a role at a company."""
        email = person.get("email")
        line = companies.named(person["name"]) | {
            "email": email,
            "email_key": email.casefold() if email else None,
            "phone": person.get("phone"),
            "source": "; ".join(part for part in (self._choices.source, self._choices.purpose) if part)[:300],
            "informed_on": None,
            **self._born(),
        }
        self._people.append((row, line, company_id, person.get("title", "")))

    def add_role(self, row: ImportRow, contact_id: int, company_id: int, title: str) -> None:
        line = {"contact_id": contact_id, "company_id": company_id, "title": title}
        self._waiting[CompanyRole].append((row.number, line))

    def add_note(self, row: ImportRow, company_id: int, text: str, at: datetime | None) -> None:
        line = {
            "company_id": company_id,
            "kind": Kind.NOTE,
            "happened_at": min(at or self._now, self._now),
            "text": text,
            "by_id": self._actor(),
            **self._born(),
        }
        self._waiting[Activity].append((row.number, line))

    def add_step(
        self, row: ImportRow, company_id: int, text: str, due: date | None, owner_id: int | None
    ) -> None:
        """A follow-up, in two weeks where nothing says when, the importer's where nothing says whose."""
        today = self._now.astimezone(clock.OSLO).date()
        line = {
            "company_id": company_id,
            "text": text,
            "due_on": due or today + _SOON,
            "owner_id": owner_id or self._actor(),
            **self._born(),
        }
        self._waiting[FollowUp].append((row.number, line))

    def flush(self) -> None:
        """Write everything gathered: persons before their roles."""
        self._session.flush()
        ids = self._insert(Contact, [line for _row, line, _company, _title in self._people])
        for (row, _line, company_id, title), contact_id in zip(self._people, ids, strict=True):
            self._note_written(row.number, Contact, contact_id)
            self.add_role(row, contact_id, company_id, title)
        for model, waiting in self._waiting.items():
            ids = self._insert(model, [line for _number, line in waiting])
            for (number, _line), made in zip(waiting, ids, strict=True):
                self._note_written(number, model, made)
        self._people, self._waiting = [], defaultdict(list)
        if self._trail:
            self._session.execute(insert(Entry), self._trail)
            self._trail = []

    def _born(self) -> Line:
        """What every new record has."""
        return {"demo": False, "version": 1, "created_at": self._now}

    def _actor(self) -> int:
        if self._import.by_id is None:
            raise InvalidInput("Notater og oppfølginger må ha noen som skrev dem. Velg hvem.", field="by")
        return self._import.by_id

    def _insert(self, model: Any, lines: list[Line]) -> list[int]:
        if not lines:
            return []
        ids = _reserve(self._session, model, len(lines))
        numbered = [line | {"id": made} for line, made in zip(lines, ids, strict=True)]
        self._session.execute(insert(model.__table__), numbered)
        return ids

    def _note_written(self, number: int, model: Any, made: int) -> None:
        table = model.__tablename__
        self.written[number].append([table, made])
        self._trail.append(self._entry(number, table, made, {}))

    def _entry(self, number: int, table: str, made: int, changes: Line) -> Line:
        return {
            "at": self._now,
            "actor_id": self._import.by_id,
            "action": f"{table}:import",
            "subject": table[:20],
            "subject_id": made,
            "changes": {"import": self._import.id, "row": number} | changes,
        }


def _reserve(session: Session, model: Any, count: int) -> list[int]:
    """Ids nobody else will get: from the counter on PostgreSQL; on SQLite whoever writes is alone."""
    if session.get_bind().dialect.name == "postgresql":
        counter = func.pg_get_serial_sequence(model.__tablename__, "id")
        return list(
            session.scalars(select(func.nextval(counter)).select_from(func.generate_series(1, count)))
        )
    first = (session.scalar(select(func.max(model.id))) or 0) + 1
    return list(range(first, first + count))


_COMPANY = (
    "orgnr",
    "form",
    "municipality_no",
    "municipality",
    "address",
    "industry",
    "industry_name",
    "industry_standard",
    "employees",
    "home_page",
    "email",
    "phone",
    "closed",
)
