"""Pages of matches."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("matches", __name__)


@blueprint.get("/matches/")
@signed_in
def index() -> str:
    return "matches"
