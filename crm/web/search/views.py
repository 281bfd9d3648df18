"""One box that finds everything: our own companies, persons and partners, then the register's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from crm.accounts.permissions import Permission
from crm.companies import queries as companies
from crm.contacts import queries as contacts
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.registry.models import Unit
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.session import db

blueprint = Blueprint("search", __name__, url_prefix="/search")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed text may mean, ours before the register's."""

    companies: list[Any]
    contacts: list[Any]
    partners: list[Any]
    units: list[Unit]

    @property
    def anything(self) -> bool:
        return bool(self.companies or self.contacts or self.partners or self.units)


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    typed = request.args.get("q", "").strip()[:_LONGEST]
    return render(
        "search/index.html",
        fragment="search/_found.html",
        typed=typed,
        found=find(typed),
        in_mirror=registry.count_units(db()) if not typed else None,
    )


def find(typed: str) -> Found:
    """Look in every record, and in the mirror for what is not ours yet."""
    if len(typed) < 2:
        return Found([], [], [], [])
    ours = companies.search(db(), typed)
    units = registry.search(db(), typed)
    known = companies.by_orgnrs(db(), [unit.orgnr for unit in units])
    return Found(
        companies=list(ours),
        contacts=list(contacts.search(db(), typed)),
        partners=list(partners.search(db(), typed)),
        units=[unit for unit in units if unit.orgnr not in known],
    )
