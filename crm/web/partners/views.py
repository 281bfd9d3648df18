"""Pages of partners."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("partners", __name__)


@blueprint.get("/partners/")
@signed_in
def index() -> str:
    return "partners"
