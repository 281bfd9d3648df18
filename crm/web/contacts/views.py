"""Pages of contacts."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("contacts", __name__)


@blueprint.get("/contacts/")
@signed_in
def index() -> str:
    return "contacts"
