"""What the columns of new records are: a company, its lead, a person, a note and a follow-up of a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from crm import clock
from crm.activities.models import Activity, FollowUp, Kind
from crm.companies import operations as companies
from crm.companies.models import RESTING, Company, FactsSource, Lead, Stage
from crm.contacts.models import CompanyRole, Contact
from crm.errors import InvalidInput
from crm.exchange.drafts import choices_of
from crm.exchange.models import Import
from crm.ordering import key_on_top

_SOON = timedelta(days=14)
Line = dict[str, Any]


def blank(model: Any) -> Line:
    """Every column of a new record with what it holds where nothing is said, its id left out."""
    return {
        column.name: column.default.arg if column.default is not None and column.default.is_scalar else None
        for column in model.__table__.columns
        if column.name != "id"
    }


_BLANK = {model: blank(model) for model in (Company, Lead, Contact, CompanyRole, Activity, FollowUp)}


class Newcomers:
    """The columns of everything one import makes at one moment; ids are given where they are written."""

    def __init__(self, found: Import, *, now: datetime) -> None:
        self._now, self._file, self._by = now, found.name[:300], found.by_id
        choices = choices_of(found.choices)
        self._source = choices.source[:200]
        self._told = "; ".join(part for part in (choices.source, choices.purpose) if part)[:300]
        self._born: Line = {"demo": False, "version": 1, "created_at": now}
        self._today = now.astimezone(clock.OSLO).date()
        self._on_top = key_on_top(now)

    def company(self, create: Line, units: Mapping[str, Any]) -> Line:
        """The columns of a new company: the register's facts where it has them, and the file's besides."""
        unit = units.get(create.get("orgnr", ""))
        line = _BLANK[Company] | self._born
        if unit is None:
            own = {"facts_source": FactsSource.OURS, "facts_at": self._now}
            return line | own | create | companies.named(create["name"])
        facts = companies.facts_of(unit)
        more = {name: value for name, value in create.items() if not facts.get(name) and name != "name"}
        return line | facts | more

    def lead(self, company_id: int, lead: Line) -> Line:
        line = _BLANK[Lead] | {
            "company_id": company_id,
            "owner_id": lead.get("owner_id"),
            "source": lead.get("source") or self._source,
            "created_at": self._now,
            "version": 1,
        }
        return line | self.at_stage(Stage(lead.get("stage", Stage.IDENTIFIED)))

    def at_stage(self, stage: Stage) -> Line:
        """A lead at a stage from now on; one that rests says that a file put it there."""
        line: Line = {"stage": stage, "stage_since": self._now, "board_key": self._on_top}
        return line | ({"resting_reason": self._file} if stage in RESTING else {})

    def person(self, person: Line) -> Line:
        email = person.get("email")
        own = {
            "email": email,
            "email_key": email.casefold() if email else None,
            "phone": person.get("phone"),
            "source": self._told,
        }
        return _BLANK[Contact] | self._born | companies.named(person["name"]) | own

    @staticmethod
    def role(contact_id: int, company_id: int, title: str) -> Line:
        own = {"contact_id": contact_id, "company_id": company_id, "title": title}
        return _BLANK[CompanyRole] | own

    def note(self, company_id: int, text: str, at: datetime | None) -> Line:
        own = {
            "company_id": company_id,
            "kind": Kind.NOTE,
            "happened_at": min(at or self._now, self._now),
            "text": text,
            "by_id": self._actor(),
        }
        return _BLANK[Activity] | self._born | own

    def step(self, company_id: int, text: str, due: date | None, owner_id: int | None) -> Line:
        """A follow-up, in two weeks where nothing says when, the importer's where nothing says whose."""
        own = {
            "company_id": company_id,
            "text": text,
            "due_on": due or self._today + _SOON,
            "owner_id": owner_id or self._actor(),
        }
        return _BLANK[FollowUp] | self._born | own

    def _actor(self) -> int:
        if self._by is None:
            raise InvalidInput("Notater og oppfølginger må ha noen som skrev dem. Velg hvem.", field="by")
        return self._by
