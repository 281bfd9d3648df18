"""A record that was merged into another: its old address leads on to where it is now."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm.duplicates import queries
from crm.duplicates.models import Kind
from crm.errors import NotFound
from crm.web.htmx import go
from crm.web.session import db


def led_on(kind: Kind, number: int, error: NotFound) -> AnyResponse:
    """The way on from a number that was merged away; the error where it never was."""
    now = queries.leads_on_to(db(), kind, number)
    if now is None:
        raise error
    flash(gettext("Oppføringen du lette etter, er slått sammen med denne."))
    return go(address_of(kind, now))


def address_of(kind: Kind, number: int) -> str:
    """The page of a company or a person."""
    if kind is Kind.COMPANY:
        return url_for("companies.show", company_id=number)
    return url_for("contacts.show", contact_id=number)
