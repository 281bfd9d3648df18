"""Pages of companies."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("companies", __name__)


@blueprint.get("/companies/")
@signed_in
def index() -> str:
    return "companies"
