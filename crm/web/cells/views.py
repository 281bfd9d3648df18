"""One cell of the list of companies, changed where it stands; without script, on a page of its own."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crm.accounts.permissions import Permission
from crm.companies import queries
from crm.companies.models import Company
from crm.errors import Conflict, InvalidInput
from crm.web.access import requires
from crm.web.addresses import own_path
from crm.web.cells.contents import cell_of, write
from crm.web.htmx import go, render, wants_fragment
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("cells", __name__, url_prefix="/companies")


@blueprint.route("/<int:company_id>/cell/<column>", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def edit(company_id: int, column: str) -> AnyResponse:
    """The cell to write in, or with ``still`` as it stands; what was typed is never lost to a refusal."""
    company = queries.get_company(db(), company_id)
    if request.method == "GET":
        page = "cells/_still.html" if "still" in request.args else "cells/_edit.html"
        return _shown(company, column, page)
    typed, seen = request.form.get("value", ""), request.form.get("version", "")
    try:
        cell_of(company, column)
        write(company, column, typed, seen=int(seen) if seen.isascii() and seen.isdigit() else 0)
        db().commit()
    except (InvalidInput, Conflict) as error:
        db().rollback()
        fresh = queries.get_company(db(), company_id)
        clash = isinstance(error, Conflict)
        return _shown(fresh, column, "cells/_edit.html", typed=typed, problem=in_words(error), clash=clash)
    if not wants_fragment():
        return go(own_path(request.form.get("next", ""), otherwise=url_for("companies.index")))
    return _shown(queries.get_company(db(), company_id), column, "cells/_still.html")


def _shown(
    company: Company,
    column: str,
    page: str,
    *,
    typed: str | None = None,
    problem: str = "",
    clash: bool = False,
) -> Response:
    cell = cell_of(company, column)
    return render(
        "cells/edit.html",
        fragment=page,
        company=company,
        cell=cell,
        typed=cell.typed if typed is None else typed,
        problem=problem,
        clash=clash,
        back=own_path(request.values.get("next", ""), otherwise=url_for("companies.index")),
        status=409 if clash else 422 if problem else 200,
    )
