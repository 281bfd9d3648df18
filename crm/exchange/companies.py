"""The list of companies as a sheet: what the page shows, with its filter, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm.activities import queries as activities
from crm.activities.models import FollowUp
from crm.companies import queries
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Stage
from crm.contacts import queries as contacts
from crm.contacts.drafts import show_phone
from crm.contacts.models import CompanyRole
from crm.segments.models import Segment
from crm.sheets.columns import Column, Kind

_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Wording:
    """How the entrance calls columns, stages, kinds of contact and segments in its reader's language."""

    column: Callable[[str], str]
    stage: Callable[[Stage], str]
    contact: Callable[[str], str]
    segment: Callable[[Segment], str]


_COLUMNS = (
    ("name", Kind.TEXT),
    ("orgnr", Kind.ORGNR),
    ("municipality", Kind.TEXT),
    ("industry_code", Kind.TEXT),
    ("industry", Kind.TEXT),
    ("employees", Kind.INTEGER),
    ("segments", Kind.TEXT),
    ("stage", Kind.TEXT),
    ("owner", Kind.TEXT),
    ("source", Kind.TEXT),
    ("last_contact", Kind.DATE),
    ("last_contact_kind", Kind.TEXT),
    ("next_step", Kind.TEXT),
    ("next_step_on", Kind.DATE),
    ("person", Kind.TEXT),
    ("person_phone", Kind.PHONE),
    ("person_email", Kind.TEXT),
    ("home_page", Kind.TEXT),
    ("phone", Kind.PHONE),
)
NAMES = tuple(name for name, _kind in _COLUMNS)
"""What the columns are called in the program, whatever the reader's language."""


def columns(wording: Wording) -> tuple[Column, ...]:
    """The columns, headed in the reader's language."""
    return tuple(Column(wording.column(name), kind) for name, kind in _COLUMNS)


def rows(session: Session, wanted: CompanyFilter, wording: Wording) -> Iterator[tuple[object, ...]]:
    """One row a company, in the list's own order; a block at a time, so that memory stays flat."""
    start = 0
    while True:
        block = session.scalars(queries.companies(wanted).limit(_BLOCK).offset(start)).unique().all()
        ids = [company.id for company in block]
        steps, people = activities.next_steps(session, ids), contacts.first_at(session, ids)
        for company in block:
            yield _row(company, steps.get(company.id), people.get(company.id), wording)
        session.expunge_all()
        if len(block) < _BLOCK:
            return
        start += _BLOCK


def _row(
    company: Company, step: FollowUp | None, role: CompanyRole | None, wording: Wording
) -> tuple[object, ...]:
    return (*_what(company), *_how_far(company, wording), *_next(step), *_reach(company, role))


def _what(company: Company) -> tuple[object, ...]:
    return (
        company.name,
        company.orgnr,
        company.municipality,
        company.industry,
        company.industry_name,
        company.employees,
    )


def _how_far(company: Company, wording: Wording) -> tuple[object, ...]:
    lead = company.lead
    if lead is None:
        return ("", "", "", "", None, "")
    return (
        ", ".join(wording.segment(segment) for segment in lead.segments),
        wording.stage(lead.stage),
        lead.owner.name if lead.owner else "",
        lead.source,
        lead.last_contact_at,
        wording.contact(lead.last_contact_kind) if lead.last_contact_kind else "",
    )


def _next(step: FollowUp | None) -> tuple[object, ...]:
    return (step.text, step.due_on) if step else ("", None)


def _reach(company: Company, role: CompanyRole | None) -> tuple[object, ...]:
    person = role.contact if role else None
    if person is None:
        return ("", None, "", company.home_page, _readable(company.phone))
    return (
        person.name,
        _readable(person.phone),
        person.email or "",
        company.home_page,
        _readable(company.phone),
    )


def _readable(phone: str | None) -> str | None:
    """A number as people write it: opened in a spreadsheet it stays the text it is."""
    return show_phone(phone) if phone else None
