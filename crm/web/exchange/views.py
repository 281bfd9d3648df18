"""Pages of exchange."""

from flask import Blueprint

from crm.web.access import signed_in

blueprint = Blueprint("exchange", __name__)


@blueprint.get("/exchange/")
@signed_in
def index() -> str:
    return "exchange"
