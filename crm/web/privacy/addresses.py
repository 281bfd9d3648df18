"""The page where a record that names a person can be read, where it has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.activities.models import Activity, FollowUp
from crm.companies.models import Lead
from crm.exchange.models import ImportRow
from crm.privacy.places import Gathered

_OWN = {
    "companies": ("companies.show", "company_id"),
    "contacts": ("contacts.show", "contact_id"),
    "imports": ("imports.show", "import_id"),
    "needs": ("needs.show", "need_id"),
    "partners": ("partners.show", "partner_id"),
}
Keys = list[Any]


def pages_of(session: Session, gathered: Iterable[Gathered]) -> dict[tuple[str, Any], str]:
    """The address of each shown row's page, by table and key."""
    found: dict[tuple[str, Any], str] = {}
    for each in gathered:
        keys = [line.key[0] for line in each.lines]
        if each.table in _OWN:
            endpoint, name = _OWN[each.table]
            found |= {(each.table, key): _page(endpoint, name, key) for key in keys}
        elif each.table in _HELD_BY:
            found |= {(each.table, key): page for key, page in _HELD_BY[each.table](session, keys)}
    return found


def _page(endpoint: str, name: str, key: Any) -> str:
    given: dict[str, Any] = {name: key}
    return url_for(endpoint, **given)


def _leads(session: Session, keys: Keys) -> Iterator[tuple[Any, str]]:
    for key, company in session.execute(select(Lead.id, Lead.company_id).where(Lead.id.in_(keys))):
        yield key, _page("companies.show", "company_id", company)


def _import_rows(session: Session, keys: Keys) -> Iterator[tuple[Any, str]]:
    held = select(ImportRow.id, ImportRow.import_id).where(ImportRow.id.in_(keys))
    for key, brought in session.execute(held):
        yield key, _page("imports.show", "import_id", brought)


def _logged(session: Session, keys: Keys, model: type[Activity | FollowUp]) -> Iterator[tuple[Any, str]]:
    """What is logged or to be done is read where it happened."""
    held = select(model.id, model.company_id, model.partner_id).where(model.id.in_(keys))
    for key, company, partner in session.execute(held):
        at = (
            ("companies.show", "company_id", company) if company else ("partners.show", "partner_id", partner)
        )
        yield key, _page(*at)


_HELD_BY: dict[str, Callable[[Session, Keys], Iterator[tuple[Any, str]]]] = {
    "activities": partial(_logged, model=Activity),
    "follow_ups": partial(_logged, model=FollowUp),
    "import_rows": _import_rows,
    "leads": _leads,
}
