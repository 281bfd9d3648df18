"""What may be chosen when two records become one: field by field, with the best guess already made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from crm.companies.models import RESTING, Company, FactsSource, Lead, Stage
from crm.contacts.models import Contact
from crm.duplicates.drafts import Pair
from crm.duplicates.journal import Row, row_of
from crm.duplicates.likeness import own_mailbox
from crm.duplicates.models import Kind
from crm.duplicates.settling import RULES, Settle, all_of
from crm.fields.models import OwnField, OwnValue

TABLES: Mapping[Kind, Table] = {
    Kind.COMPANY: Company.__table__,  # type: ignore[dict-item]
    Kind.CONTACT: Contact.__table__,  # type: ignore[dict-item]
}


class Side(StrEnum):
    """The record with the lower number and the one with the higher: the latter is kept, whatever is chosen.

    SQLite gives the highest number away again once it is free; a number that leads on must stay taken.
    """

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are chosen together, known by the one that is shown."""

    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: what either side has, and which is taken unless somebody says otherwise."""

    key: str
    first: Any
    second: Any
    best: Side
    name: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.first != self.second)


_FACTS = ("facts_source", "facts_at", "closed")
GROUPS: Mapping[str, tuple[Group, ...]] = {
    "companies": (
        Group("name", ("name", "name_key", "sort_key")),
        Group("orgnr", ("orgnr", *_FACTS)),
        Group("form", ("form",)),
        Group("municipality", ("municipality", "municipality_no")),
        Group("address", ("address",)),
        Group("industry_name", ("industry_name", "industry", "industry_standard")),
        Group("employees", ("employees",)),
        Group("home_page", ("home_page",)),
        Group("email", ("email",)),
        Group("phone", ("phone",)),
        Group("purpose", ("purpose",)),
    ),
    "leads": (
        Group("stage", ("stage", "stage_since", "board_key", "resting_reason", "wake_on")),
        Group("owner_id", ("owner_id",)),
        Group("source", ("source",)),
        Group("cadence_days", ("cadence_days",)),
    ),
    "contacts": (
        Group("name", ("name", "name_key", "sort_key")),
        Group("email", ("email", "email_key")),
        Group("phone", ("phone",)),
        Group("source", ("source",)),
    ),
}
_REGISTERED = {"name", "orgnr", "form", "municipality", "address", "industry_name", "employees", "purpose"}
_LAST_CONTACT = ("last_contact_at", "last_contact_kind", "last_contact_by_id")
_NEVER = {"id", "version", "company_id", "contact_id"}
Choices = Mapping[str, Side]


def options(session: Session, pair: Pair) -> list[Option]:
    """Everything that may be chosen for a pair; NoResultFound where either is gone."""
    table = TABLES[pair.kind]
    rows = row_of(session, table, {"id": pair.first}), row_of(session, table, {"id": pair.second})
    found = [_option(group, table.name, *rows) for group in GROUPS[table.name]]
    leads = leads_of(session, pair)
    if leads:
        found += [_option(group, "leads", *leads, prefix="lead-") for group in GROUPS["leads"]]
    return found + _own(session, pair)


def leads_of(session: Session, pair: Pair) -> tuple[Row, Row] | None:
    """The leads of both companies; None unless both are followed."""
    if pair.kind is not Kind.COMPANY:
        return None
    asked = select(Lead.__table__).where(Lead.company_id.in_([pair.first, pair.second]))
    by_company = {row["company_id"]: dict(row) for row in session.execute(asked).mappings()}
    return (by_company[pair.first], by_company[pair.second]) if len(by_company) == 2 else None


def values(table: Table, first: Row, second: Row, choices: Choices, *, prefix: str = "") -> dict[str, Any]:
    """What the second of two rows shall be: as chosen, and else with what only one of them has."""
    made: dict[str, Any] = {}
    grouped = {name for group in GROUPS[table.name] for name in group.columns}
    for group in GROUPS[table.name]:
        side = choices.get(prefix + group.key) or _best(group.key, table.name, first, second)
        made |= {name: (first if side is Side.FIRST else second)[name] for name in group.columns}
    for name in set(first) - grouped - _NEVER:
        made[name] = second[name] if second[name] not in {None, "", 0} else first[name]
    made["created_at"] = min(first["created_at"], second["created_at"])
    if "demo" in made:
        made["demo"] = first["demo"] and second["demo"]
    if table.name == "leads":
        newest = max((first, second), key=lambda row: _moment(row["last_contact_at"]))
        made |= {name: newest[name] for name in _LAST_CONTACT}
    return made


def rules(choices: Choices) -> dict[str, Settle]:
    """The rules for what may exist but once, with those that follow what was chosen."""
    leads: Table = Lead.__table__  # type: ignore[assignment]

    def of_leads(stays: Row, goes: Row) -> dict[str, Any]:
        return values(leads, goes, stays, choices, prefix="lead-")

    def of_own(stays: Row, goes: Row) -> dict[str, Any]:
        return all_of(goes) if choices.get(f"own-{stays['field_id']}") is Side.FIRST else {}

    return {**RULES, "leads": of_leads, "own_values": of_own}


def best(found: Sequence[Option]) -> dict[str, Side]:
    """The best guess for everything that may be chosen."""
    return {option.key: option.best for option in found}


def _option(group: Group, table: str, first: Row, second: Row, *, prefix: str = "") -> Option:
    side = _best(group.key, table, first, second)
    return Option(prefix + group.key, first[group.key], second[group.key], side)


def _best(key: str, table: str, first: Row, second: Row) -> Side:
    """Which side to take a field from: the one that has it, the register's, the one that says more."""
    one, other = first[key], second[key]
    empty = {None, ""}
    if (one in empty) != (other in empty):
        return Side.SECOND if one in empty else Side.FIRST
    scored = (_worth(key, table, first), _worth(key, table, second))
    return Side.SECOND if scored[1] > scored[0] else Side.FIRST


def _worth(key: str, table: str, row: Row) -> Any:
    """How much a side's word counts for a field; the older record's where both count the same."""
    if table == "companies" and key in _REGISTERED:
        return row["facts_source"] == FactsSource.REGISTER
    worth = _WORTH.get((table, key))
    return worth(row) if worth else 0


def _how_far(row: Row) -> tuple[bool, int]:
    """How far a lead has come; one beside the road has not."""
    resting = row["stage"] in RESTING
    return not resting, 0 if resting else list(Stage).index(row["stage"])


def _moment(moment: Any) -> float:
    return float(moment.timestamp()) if moment else 0.0


def _own(session: Session, pair: Pair) -> list[Option]:
    """The own fields that both sides have filled in."""
    column = OwnValue.company_id if pair.kind is Kind.COMPANY else OwnValue.contact_id
    asked = select(OwnField, OwnValue).join(OwnValue.field).where(column.in_([pair.first, pair.second]))
    held: dict[int, dict[int, Any]] = {}
    names: dict[int, str] = {}
    for field, value in session.execute(asked.order_by(OwnField.position, OwnField.id)):
        side = value.company_id or value.contact_id or 0
        held.setdefault(field.id, {})[side], names[field.id] = value.value, field.name
    return [
        Option(f"own-{number}", sides[pair.first], sides[pair.second], Side.SECOND, names[number])
        for number, sides in held.items()
        if len(sides) == 2
    ]


_WORTH: Mapping[tuple[str, str], Callable[[Row], Any]] = {
    ("leads", "stage"): _how_far,
    ("leads", "owner_id"): lambda row: _moment(row["last_contact_at"]),
    ("contacts", "name"): lambda row: len(row["name"].split()),
    ("contacts", "email"): lambda row: bool(own_mailbox(row["email"])),
    ("contacts", "phone"): lambda row: row["phone"].startswith(("+474", "+479")),
}
