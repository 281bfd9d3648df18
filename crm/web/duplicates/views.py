"""Keeping one of each: what is typed is compared with what is kept."""

from __future__ import annotations

from flask import Blueprint, Response, request

from crm.accounts.permissions import Permission
from crm.web import alike
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.paging import asked_number

blueprint = Blueprint("duplicates", __name__, url_prefix="/duplicates")


@blueprint.get("/typed/company")
@requires(Permission.COMPANY_WRITE)
def typed_company() -> Response:
    """The part of a form under a field: companies that are like what stands in it so far."""
    return _under(alike.companies(request.args))


@blueprint.get("/typed/person")
@requires(Permission.COMPANY_WRITE)
def typed_person() -> Response:
    return _under(alike.persons(request.args, company_id=asked_number("company")))


def _under(hints: list[alike.Hint]) -> Response:
    return render("duplicates/_hints.html", hints=alike.seen_in(request.args.get("under", ""), hints))
