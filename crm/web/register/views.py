"""Registeret: how fresh our copy is, what went wrong, and the button that loads the country."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.jobs.queue import Wake, open_queue, wake
from crm.registry import ledger
from crm.web.access import requires
from crm.web.htmx import go, render
from crm.web.register import contents
from crm.web.session import db

blueprint = Blueprint("register", __name__, url_prefix="/register")


@blueprint.get("/")
@requires(Permission.REGISTER_LOAD)
def index() -> Response:
    """How it stands; the page asks again every other second while a load is under way."""
    return render("register/index.html", fragment="register/_state.html", state=contents.state(clock.now()))


@blueprint.post("/load")
@requires(Permission.REGISTER_LOAD)
def load() -> AnyResponse:
    """Ask the worker for the whole register: from the network, or from a file that lies in its folder."""
    file = request.form.get("file", "")
    if file and file not in contents.files():
        abort(400)
    if not file and contents.settings().offline:
        flash(gettext("Programmet er satt til ikke å bruke nettet. Last registeret fra en fil i stedet."))
        return go(url_for("register.index"))
    ledger.request_whole(db(), file, now=clock.now())
    db().commit()
    wake(open_queue(contents.settings()), Wake.REGISTER)
    return go(url_for("register.index"))


@blueprint.post("/stop")
@requires(Permission.REGISTER_LOAD)
def stop() -> AnyResponse:
    """Have the load stop; what was there before stays as it was."""
    under_way = ledger.whole_under_way(db())
    if under_way is not None:
        ledger.stop(under_way, now=clock.now())
        db().commit()
        flash(gettext("Stanser ved neste steg."))
    return go(url_for("register.index"))
