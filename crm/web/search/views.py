"""Pages of search."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("search", __name__)


@blueprint.get("/search/")
@signed_in
def index() -> str:
    return "search"
