"""Pages of activities."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("activities", __name__)


@blueprint.get("/activities/")
@signed_in
def index() -> str:
    return "activities"


@blueprint.get("/activities/new")
@signed_in
def new() -> str:
    return "new"
