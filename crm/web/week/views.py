"""Pages of week."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("week", __name__)


@blueprint.get("/")
@signed_in
def index() -> str:
    return "week"
