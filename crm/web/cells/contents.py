"""What a cell of the list of companies holds, and how it is written: owner, next step, own fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from crm import clock
from crm.accounts import queries as accounts
from crm.activities import operations as activities
from crm.activities import queries as activity_queries
from crm.companies import operations
from crm.companies.conditions import OWN
from crm.companies.drafts import LeadDraft
from crm.companies.models import Company
from crm.errors import InvalidInput, NotFound
from crm.fields import operations as fields
from crm.fields import queries as field_queries
from crm.fields.drafts import parse_value, shown
from crm.fields.models import Subject
from crm.storage.base import Versioned
from crm.web.access import actor_id
from crm.web.formats import show_day
from crm.web.own import show_own
from crm.web.session import db
from crm.web.words import COLUMNS


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell to change: its name, what it holds as typed and as read, and the version it was read at."""

    column: str
    label: str
    typed: str
    said: str | Markup
    version: int
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


def cell_of(company: Company, column: str) -> Cell:
    """A cell as it now stands; NotFound where there is nothing to change."""
    if column == "owner":
        return _owner(company)
    if column == "next_step":
        return _next_step(company)
    return _own(company, column)


def write(company: Company, column: str, typed: str, *, seen: int | None) -> None:
    """Write a cell; Conflict where somebody wrote since ``seen``, InvalidInput for what it cannot hold."""
    if column == "owner":
        _write_owner(company, typed, seen)
    elif column == "next_step":
        _write_next_step(company, typed, seen)
    else:
        company.refuse_if_overtaken(seen)
        field = field_queries.by_codes(db(), Subject.COMPANY, [column.removeprefix(OWN)]).popitem()[1]
        fields.set_values(db(), actor_id(), Subject.COMPANY, company, {field: parse_value(field, typed)})


def _owner(company: Company) -> Cell:
    if company.lead is None:
        raise NotFound("Vi følger ikke denne virksomheten. Trykk «Følg» først.")
    people = [(str(person.id), person.name) for person in db().scalars(accounts.colleagues())]
    owner = company.lead.owner
    return Cell(
        column="owner",
        label=str(COLUMNS["owner"]),
        typed=str(owner.id) if owner else "",
        said=owner.name if owner else "",
        version=company.lead.version,
        kind="choice",
        choices=(("", str(gettext("Ingen"))), *people),
    )


def _next_step(company: Company) -> Cell:
    step = activity_queries.next_steps(db(), [company.id]).get(company.id)
    if step is None:
        raise NotFound("Virksomheten har ikke noe neste steg. Skriv det i loggen.")
    said = Markup("{} {}").format(show_day(step.due_on), step.text)
    due = step.due_on.isoformat()
    return Cell("next_step", str(COLUMNS["next_step"]), due, said, step.version, "date", help=step.text)


def _own(company: Company, column: str) -> Cell:
    code = column.removeprefix(OWN)
    field = field_queries.by_codes(db(), Subject.COMPANY, [code]).get(code)
    if field is None or not column.startswith(OWN):
        raise NotFound("Fant ikke feltet.")
    value = field_queries.values_of(db(), Subject.COMPANY, [company.id]).get(company.id, {}).get(code)
    choices = (("", str(gettext("Ikke valgt"))), *((one, one) for one in field.choices))
    return Cell(
        column=column,
        label=field.name,
        typed=shown(value).replace(".", ",") if field.kind == "number" else shown(value),
        said=show_own(value),
        version=company.version,
        kind=field.kind.value,
        choices=choices if field.choices else (),
        help=field.help,
    )


def _write_owner(company: Company, typed: str, seen: int | None) -> None:
    lead = company.lead
    if lead is None:
        raise NotFound("Vi følger ikke denne virksomheten. Trykk «Følg» først.")
    _refuse(lead, seen)
    people = {str(person.id): person.id for person in db().scalars(accounts.colleagues())}
    if typed and typed not in people:
        raise InvalidInput("Velg en ansvarlig fra lista.", field="value")
    codes = frozenset(segment.code for segment in lead.segments)
    draft = LeadDraft(owner_id=people.get(typed), segments=codes, source=lead.source)
    operations.change_lead(db(), actor_id(), lead, draft)


def _write_next_step(company: Company, typed: str, seen: int | None) -> None:
    step = activity_queries.next_steps(db(), [company.id]).get(company.id)
    if step is None:
        raise NotFound("Virksomheten har ikke noe neste steg. Skriv det i loggen.")
    _refuse(step, seen)
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise InvalidInput("Velg en dag.", field="value") from error
    if not clock.today().year - 1 <= day.year <= clock.today().year + 10:
        raise InvalidInput("Velg en dato i løpet av de neste ti årene.", field="value")
    activities.postpone(db(), actor_id(), step, to=day)


def _refuse(record: Versioned, seen: int | None) -> None:
    """The reader must have seen the newest of it."""
    record.refuse_if_overtaken(seen)
