"""The accessibility statement, and the phone's page of everything else."""

from __future__ import annotations

from flask import Blueprint, Response

from crm.web.access import public, signed_in
from crm.web.htmx import render

blueprint = Blueprint("about", __name__)


@blueprint.get("/accessibility")
@public
def accessibility() -> Response:
    return render("about/accessibility.html")


@blueprint.get("/more")
@signed_in
def more() -> Response:
    return render("about/more.html")
