"""Keeping one of each: what is typed is compared with what is kept, and a queue of those that may be one."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.duplicates import operations, queries
from crm.duplicates.models import Kind
from crm.web import alike
from crm.web.access import actor_id, requires
from crm.web.htmx import go, render
from crm.web.paging import asked_number, page_of
from crm.web.session import db

blueprint = Blueprint("duplicates", __name__, url_prefix="/duplicates")
_A_PAGE, _APART_SHOWN = 20, 200


@blueprint.get("/typed/company")
@requires(Permission.COMPANY_WRITE)
def typed_company() -> Response:
    """The part of a form under a field: companies that are like what stands in it so far."""
    return _under(alike.companies(request.args))


@blueprint.get("/typed/person")
@requires(Permission.COMPANY_WRITE)
def typed_person() -> Response:
    return _under(alike.persons(request.args, company_id=asked_number("company")))


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    """The pairs that may be one, the likest first."""
    kind, counts = _kind(), queries.count_pairs(db())
    return render(
        "duplicates/index.html",
        kind=kind.value,
        counts={one.value: number for one, number in counts.items()},
        page=page_of(db(), queries.pairs(kind), total=counts[kind], size=_A_PAGE),
        said=alike.reasons_in_words,
        searched=queries.last_search(db()),
    )


@blueprint.get("/apart")
@requires(Permission.COMPANY_READ)
def apart() -> Response:
    """Those said to be two, and the way to ask again."""
    kind = _kind()
    found = db().scalars(queries.pairs(kind, apart=True).limit(_APART_SHOWN)).all()
    return render("duplicates/apart.html", kind=kind.value, pairs=found)


@blueprint.post("/<int(max=2147483647):pair_id>/apart")
@requires(Permission.COMPANY_WRITE)
def keep_apart(pair_id: int) -> AnyResponse:
    """These are two, for good."""
    operations.keep_apart(db(), actor_id(), queries.get_pair(db(), _kind(), pair_id), now=clock.now())
    db().commit()
    flash(gettext("De holdes fra hverandre, og du blir ikke spurt igjen."))
    return go(url_for("duplicates.index", kind=_kind().value))


@blueprint.post("/<int(max=2147483647):pair_id>/ask-again")
@requires(Permission.COMPANY_WRITE)
def ask_again(pair_id: int) -> AnyResponse:
    operations.ask_again(db(), actor_id(), queries.get_pair(db(), _kind(), pair_id))
    db().commit()
    return go(url_for("duplicates.apart", kind=_kind().value))


def _kind() -> Kind:
    """The kind of record an address asks about: companies unless it says persons; 400 for another."""
    asked = request.args.get("kind", Kind.COMPANY.value)
    return Kind(asked) if asked in set(Kind) else abort(400)


def _under(hints: list[alike.Hint]) -> Response:
    return render("duplicates/_hints.html", hints=alike.seen_in(request.args.get("under", ""), hints))
