"""What a list of companies can have in its columns, and the one question that reads them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session, aliased

from crm.accounts.models import User
from crm.activities.models import FollowUp
from crm.companies import queries
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Lead, Stage, lead_segments
from crm.contacts.drafts import show_phone
from crm.contacts.models import CompanyRole, Contact
from crm.fields import queries as fields
from crm.fields.models import FieldKind, OwnField, OwnValue, Subject
from crm.segments.models import Segment
from crm.sheets.columns import Kind

_Owner, _Step, _Role, _Person = aliased(User), aliased(FollowUp), aliased(CompanyRole), aliased(Contact)
Say = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Wording:
    """What columns, stages and kinds of contact are called in a language: plain enough to be kept."""

    language: str
    columns: Mapping[str, str]
    stages: Mapping[str, str]
    contacts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column a list can have: where it is read, and whether it is about a person.

    ``beside`` names what it is read beside the company and its lead; ``title`` heads an own field.
    """

    name: str
    kind: Kind
    read: Any
    beside: str = ""
    personal: bool = False
    title: str = ""

    def header(self, wording: Wording) -> str:
        return self.title or wording.columns[self.name]


def _own_segments() -> Any:
    held = func.aggregate_strings(cast(lead_segments.c.segment_id, String), ",")
    found = select(held).where(lead_segments.c.lead_id == Lead.id)
    return found.correlate(Lead).scalar_subquery()


COLUMNS = (
    ListColumn("name", Kind.TEXT, Company.name),
    ListColumn("orgnr", Kind.ORGNR, Company.orgnr),
    ListColumn("municipality", Kind.TEXT, Company.municipality),
    ListColumn("industry_code", Kind.TEXT, Company.industry),
    ListColumn("industry", Kind.TEXT, Company.industry_name),
    ListColumn("employees", Kind.INTEGER, Company.employees),
    ListColumn("segments", Kind.TEXT, _own_segments()),
    ListColumn("stage", Kind.TEXT, Lead.stage),
    ListColumn("owner", Kind.TEXT, _Owner.name, beside="owner"),
    ListColumn("source", Kind.TEXT, Lead.source),
    ListColumn("last_contact", Kind.DATE, Lead.last_contact_at),
    ListColumn("last_contact_kind", Kind.TEXT, Lead.last_contact_kind),
    ListColumn("next_step", Kind.TEXT, _Step.text, beside="step"),
    ListColumn("next_step_on", Kind.DATE, _Step.due_on, beside="step"),
    ListColumn("person", Kind.TEXT, _Person.name, beside="person", personal=True),
    ListColumn("person_phone", Kind.PHONE, _Person.phone, beside="person", personal=True),
    ListColumn("person_email", Kind.TEXT, _Person.email, beside="person", personal=True),
    ListColumn("home_page", Kind.TEXT, Company.home_page),
    ListColumn("phone", Kind.PHONE, Company.phone),
)
NAMES = tuple(column.name for column in COLUMNS)
"""What the columns are called in the program, whatever the reader's language."""
# What one column of a page is in a file.
_IN_FILES = {
    "what": ["municipality", "industry"],
    "last_contact": ["last_contact", "last_contact_kind"],
    "next_step": ["next_step", "next_step_on"],
}
_OWN_KINDS = {FieldKind.NUMBER: Kind.NUMBER, FieldKind.DATE: Kind.DATE}
_OWN_COLUMNS = {FieldKind.NUMBER: OwnValue.number, FieldKind.DATE: OwnValue.day}


def offered(session: Session) -> tuple[ListColumn, ...]:
    """Every column a list can have: ours, and then a company's own fields."""
    own = fields.in_use(session, Subject.COMPANY)
    return (*COLUMNS, *[_own_field(field) for field in own])


def chosen(columns: Sequence[ListColumn], names: Collection[str]) -> tuple[ListColumn, ...]:
    """The named ones of the columns, each once in the order they are named; all where none is known."""
    known = {column.name: column for column in columns}
    return tuple(known[name] for name in dict.fromkeys(names) if name in known) or tuple(columns)


def of_view(shown: Iterable[str]) -> list[str]:
    """The columns of a file that has what a list on a page shows."""
    names = ["name"]
    for column in shown:
        names += _IN_FILES.get(column, [column.replace("own-", "own.", 1)])
    return names


def asked(wanted: CompanyFilter, columns: Iterable[ListColumn]) -> Select[Any]:
    """The question: a company's id and what its columns hold, in the list's own order."""
    held = list(columns)
    found: Select[Any] = queries.companies(wanted).with_only_columns(
        Company.id, *[column.read for column in held]
    )
    for name in sorted({column.beside for column in held} - {""}):
        found = _BESIDE[name](found)
    return found


def sayings(session: Session, columns: Iterable[ListColumn], wording: Wording) -> list[tuple[int, Say]]:
    """How the values of some columns, by place, become what people read; the others are as they are."""
    known = {segment.id: segment for segment in session.scalars(select(Segment).order_by(Segment.position))}
    order = {str(number): place for place, number in enumerate(known)}
    named = {str(number): segment.name_in(wording.language) for number, segment in known.items()}

    def segments(held: str) -> str:
        ids = sorted((one for one in held.split(",") if one in order), key=order.__getitem__)
        return ", ".join(named[one] for one in ids)

    phone: Say = lru_cache(maxsize=10_000)(_readable)
    said: dict[str, Say] = {
        "segments": lru_cache(maxsize=5_000)(segments),
        "stage": {stage: wording.stages[stage.value] for stage in Stage}.__getitem__,
        "last_contact_kind": lambda kind: wording.contacts.get(kind, kind),
        "phone": phone,
        "person_phone": phone,
    }
    numbers: dict[Kind, Say] = {Kind.NUMBER: _whole}
    held = ((place, said.get(one.name) or numbers.get(one.kind)) for place, one in enumerate(columns))
    return [(place, say) for place, say in held if say]


def _own_field(field: OwnField) -> ListColumn:
    column: Any = _OWN_COLUMNS.get(field.kind, OwnValue.text)
    held = select(column).where(OwnValue.company_id == Company.id, OwnValue.field_id == field.id)
    read = held.correlate(Company).scalar_subquery()
    return ListColumn(f"own.{field.code}", _OWN_KINDS.get(field.kind, Kind.TEXT), read, title=field.name)


def _with_owner(found: Select[Any]) -> Select[Any]:
    return found.outerjoin(_Owner, _Owner.id == Lead.owner_id)


def _with_step(found: Select[Any]) -> Select[Any]:
    """The open follow-up that is due first."""
    first = select(FollowUp.id).where(FollowUp.company_id == Company.id, FollowUp.done_at.is_(None))
    first = first.order_by(FollowUp.due_on, FollowUp.id).limit(1).correlate(Company)
    return found.outerjoin(_Step, _Step.id == first.scalar_subquery())


def _with_person(found: Select[Any]) -> Select[Any]:
    """The person first entered."""
    first = select(func.min(CompanyRole.id)).where(CompanyRole.company_id == Company.id).correlate(Company)
    found = found.outerjoin(_Role, _Role.id == first.scalar_subquery())
    return found.outerjoin(_Person, _Person.id == _Role.contact_id)


_BESIDE = {"owner": _with_owner, "step": _with_step, "person": _with_person}


def _readable(phone: str) -> str:
    """A number as people write it: opened in a spreadsheet it stays the text it is."""
    return show_phone(phone) if phone else ""


def _whole(number: float) -> float:
    return int(number) if number.is_integer() else number
