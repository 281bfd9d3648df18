"""Pages of start."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("start", __name__)


@blueprint.get("/start/")
@signed_in
def index() -> str:
    return "start"
