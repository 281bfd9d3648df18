"""Two made one: side by side with a choice for each field, what moves before it moves, and the way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies import queries as companies
from crm.contacts import queries as contacts
from crm.duplicates import operations, queries
from crm.duplicates.choices import Choices, Side
from crm.duplicates.drafts import Pair, pair_of
from crm.duplicates.models import Kind
from crm.errors import Conflict
from crm.spelling import tidy
from crm.web.access import actor_id, requires
from crm.web.duplicates import wording
from crm.web.htmx import go, render
from crm.web.led_on import address_of
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("merges", __name__, url_prefix="/duplicates")
_KINDS = {"companies": Kind.COMPANY, "persons": Kind.CONTACT}
_PLACES = {kind: place for place, kind in _KINDS.items()}
_NUMBERS = "/<place>/<int(max=2147483647):one>"


@blueprint.get(f"{_NUMBERS}/with")
@requires(Permission.COMPANY_WRITE)
def choose(place: str, one: int) -> Response:
    """Find the other one."""
    q = tidy(request.args.get("q", ""))[:100]
    search: Any = companies.search if _kind(place) is Kind.COMPANY else contacts.search
    record = _record(_kind(place), one)
    hits = [hit for hit in search(db(), q or record.name, limit=9) if hit.id != one]
    return render("duplicates/choose.html", place=place, record=record, q=q, hits=hits)


@blueprint.get(f"{_NUMBERS}/<int(max=2147483647):other>")
@requires(Permission.COMPANY_WRITE)
def compare(place: str, one: int, other: int) -> Response:
    return _side_by_side(pair_of(_kind(place), one, other))


@blueprint.post(f"{_NUMBERS}/<int(max=2147483647):other>")
@requires(Permission.COMPANY_WRITE)
def merge(place: str, one: int, other: int) -> AnyResponse:
    """Make them one, in one transaction; the receipt undoes it."""
    pair, seen = pair_of(_kind(place), one, other), request.form.get("seen", "")
    try:
        made = operations.merge(db(), actor_id(), pair, _chosen(), now=clock.now(), seen=seen)
        db().commit()
    except Conflict as error:
        db().rollback()
        flash(in_words(error), "error")
        return go(url_for("merges.compare", place=place, one=one, other=other))
    return go(url_for("merges.show", merge_id=made.id))


@blueprint.get("/merges/")
@requires(Permission.COMPANY_WRITE)
def index() -> Response:
    found = db().scalars(queries.merges().limit(50)).all()
    return render("duplicates/merges.html", merges=found, now=clock.now())


@blueprint.get("/merges/<int(max=2147483647):merge_id>")
@requires(Permission.COMPANY_WRITE)
def show(merge_id: int) -> Response:
    found = queries.get_merge(db(), merge_id)
    address = address_of(found.kind, found.now_id)
    return render("duplicates/receipt.html", merge=found, address=address, wording=wording, now=clock.now())


@blueprint.post("/merges/<int(max=2147483647):merge_id>/undo")
@requires(Permission.COMPANY_WRITE)
def undo(merge_id: int) -> AnyResponse:
    found = queries.get_merge(db(), merge_id)
    left = operations.undo(db(), actor_id(), found, now=clock.now())
    db().commit()
    flash(gettext("De er to igjen, som før."))
    if left:
        said = wording.left_in_words(left)
        flash(gettext("Endret av noen siden, og derfor ikke rørt: %(names)s.", names=said), "error")
    return go(url_for("merges.show", merge_id=merge_id))


def _side_by_side(pair: Pair) -> Response:
    found = queries.compare(db(), pair)
    lines = wording.lines(found.options)
    return render(
        "duplicates/compare.html",
        pair=pair,
        place=_PLACES[pair.kind],
        records=[_record(pair.kind, number) for number in (pair.first, pair.second)],
        versions=found.versions,
        differing=[line for line in lines if line.option.differs],
        same=[line for line in lines if line.first and not line.option.differs],
        counts=found.counts,
        refused=found.refused and in_words(Conflict(found.refused)),
        two_numbers=any(line.is_other_number for line in lines),
        wording=wording,
    )


def _kind(place: str) -> Kind:
    """The kind of record an address names; 404 where it names none."""
    return _KINDS.get(place) or abort(404)


def _record(kind: Kind, number: int) -> Any:
    return (companies.get_company if kind is Kind.COMPANY else contacts.get_contact)(db(), number)


def _chosen() -> Choices:
    """The sides chosen on the page, by field; what is not chosen is left to the best guess."""
    given = {name.removeprefix("choice-"): value for name, value in request.form.items()}
    return {name: Side(value) for name, value in given.items() if value in set(Side)}
