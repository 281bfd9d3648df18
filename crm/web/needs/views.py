"""Pages of needs."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("needs", __name__)


@blueprint.get("/needs/")
@signed_in
def index() -> str:
    return "needs"
