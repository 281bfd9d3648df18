"""One box that finds everything: our own records and what one can do, then the register's units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.partners.models import Need, Partner
from crm.registry import queries as registry
from crm.search.everything import SHORTEST, Found, find
from crm.search.sentence import read
from crm.web import recents
from crm.web.access import allowed, requires
from crm.web.htmx import render, wants_fragment
from crm.web.search import commands
from crm.web.session import db

blueprint = Blueprint("search", __name__, url_prefix="/search")
_LONGEST = 200
_IN_BOX, _ON_PAGE = 5, 12
_RECORDS: Mapping[str, Any] = {
    "companies": Company,
    "contacts": Contact,
    "partners": Partner,
    "needs": Need,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A record opened lately: what kind it is, its number and its name."""

    kind: str
    number: int
    name: str


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    typed = request.args.get("q", "").strip()[:_LONGEST]
    empty = len(typed) < SHORTEST
    return render(
        "search/index.html",
        fragment="search/_found.html",
        typed=typed,
        found=_found(typed),
        commands=commands.first() if empty else commands.matching(typed),
        opened=_opened_lately() if empty else [],
        logs=not empty
        and allowed(Permission.ACTIVITY_WRITE)
        and read(typed, today=clock.today()).says_something,
        in_mirror=registry.count_units(db()) if empty and not wants_fragment() else None,
    )


def _found(typed: str) -> Found:
    limit = _IN_BOX if wants_fragment() else _ON_PAGE
    return find(db(), typed, today=clock.today(), recent=recents.by_kind(), limit=limit)


def _opened_lately() -> Sequence[Opened]:
    """The records opened last that still are, the newest first."""
    named: dict[tuple[str, int], str] = {}
    for kind, numbers in recents.by_kind().items():
        model = _RECORDS.get(kind)
        if model is not None:
            title = model.title if model is Need else model.name
            rows = db().execute(select(model.id, title).where(model.id.in_(numbers)))
            named |= {(kind, number): name for number, name in rows}
    return [Opened(*pair, named[pair]) for pair in recents.opened() if pair in named]
