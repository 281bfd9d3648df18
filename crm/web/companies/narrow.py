"""Narrowing the list further: the conditions there are, and the page that adds one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, request

from crm.companies import queries
from crm.companies.conditions import ALONE, FIELDS, IN_DAYS, OWN, Condition, Op, condition, written
from crm.companies.drafts import CompanyFilter, company_filter
from crm.fields import queries as fields
from crm.fields.models import OwnField, Subject
from crm.web import listing, narrowing
from crm.web.htmx import render
from crm.web.listing import Offered
from crm.web.session import db


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the address without it."""

    said: str
    without: dict[str, str]


def chips(wanted: CompanyFilter, among: Offered) -> list[Chip]:
    """Every condition of a list, each with the way back from it."""
    names = among.names()
    return [
        Chip(narrowing.phrase(one, names, among.own), _given(wanted, [c for c in wanted.where if c != one]))
        for one in wanted.where
    ]


def only_list(wanted: CompanyFilter) -> int | None:
    """The one static list that is shown; None where the list is narrowed otherwise."""
    shown = [one for one in wanted.where if one.field == "list" and one.op is Op.IS]
    alone = len(shown) == 1 and len(shown[0].values) == 1 and not wanted.any_of
    return int(shown[0].values[0]) if alone else None


def with_one_more(wanted: CompanyFilter) -> dict[str, Any]:
    """The address of the list with the condition typed in this one; InvalidInput where it cannot be."""
    field, op = request.args.get("field", ""), request.args.get("op", "")
    given = request.args.getlist("value")
    if op in IN_DAYS:
        given = [request.args.get("days", "")]
    elif op in {Op.BEFORE, Op.AFTER}:
        given = [request.args.get("on", "")]
    added = condition(field, op, [] if op in ALONE else given)
    return _given(wanted, [*(one for one in wanted.where if one != added), added])


def page(wanted: CompanyFilter, *, complaint: str = "") -> Response:
    """The page that adds a condition; with a field chosen it asks what the field shall be."""
    among, field = listing.offered(), request.args.get("field", "")
    own = _own(field)
    if field and field not in FIELDS and own is None:
        abort(400)
    names = among.names()
    if field == "source":
        names["source"] = {one: one for one in queries.sources(db())}
    given = {name: value for name, value in wanted.given.items() if name not in {"where", "any"}}
    return render(
        "companies/filter.html",
        fragment="companies/_filter.html",
        wanted=wanted,
        narrowed=chips(wanted, among),
        given=wanted.given,
        labels={name: str(said) for name, said in narrowing.LABELS.items()} | dict(among.own),
        asked=narrowing.asked(field, names, own) if field else None,
        typed=request.args,
        said=listing.in_words(wanted, among),
        plain=given,
        complaint=complaint,
        status=422 if complaint else 200,
    )


def _own(field: str) -> OwnField | None:
    code = field.removeprefix(OWN)
    return fields.by_codes(db(), Subject.COMPANY, [code]).get(code) if field.startswith(OWN) else None


def _given(wanted: CompanyFilter, where: list[Condition]) -> dict[str, str]:
    """The address of a list with other conditions."""
    kept = {name: value for name, value in wanted.given.items() if name != "where"}
    return company_filter({**kept, "where": written(where)} if where else kept).given
