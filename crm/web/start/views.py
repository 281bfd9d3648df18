"""The first steps: the demo, the register, and what is left to do before the first round."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.demo import belongings
from crm.demo.load import load_demo
from crm.demo.remove import remove_demo
from crm.errors import Conflict
from crm.jobs.queue import Wake, open_queue, wake
from crm.matches import operations as matches
from crm.registry import ledger
from crm.web.access import actor_id, requires
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.session import db
from crm.web.start import contents
from crm.web.start.forms import FetchForm

blueprint = Blueprint("start", __name__, url_prefix="/start")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    return _index(FetchForm.of(contents.settings().home_municipality))


def _index(form: FetchForm, *, status: int = 200) -> Response:
    return render(
        "start/index.html",
        form=form,
        begun=contents.beginnings(),
        settings=contents.settings(),
        shown=contents,
        status=status,
    )


@blueprint.post("/register")
@requires(Permission.REGISTER_LOAD)
def fetch() -> AnyResponse:
    """Ask the worker to fetch the units of the segments' industries around a municipality."""
    form = FetchForm.of(contents.settings().home_municipality)
    if form.validate():
        with complaints_to(form):
            _refuse_when_closed()
            ledger.request_segments(db(), form.municipality.data, now=clock.now())
            db().commit()
            wake(open_queue(contents.settings()), Wake.REGISTER)
            return go(url_for("start.index", _anchor="register"))
    return _index(form, status=422)


def _refuse_when_closed() -> None:
    if contents.settings().offline:
        raise Conflict("Programmet er satt til ikke å bruke nettet. Last registeret fra en fil i stedet.")


@blueprint.get("/register")
@requires(Permission.COMPANY_READ)
def progress() -> AnyResponse:
    """How far the fetching has come; the page asks every other second."""
    return render(
        "start/register.html", fragment="start/_loads.html", register=contents.register(), shown=contents
    )


@blueprint.post("/demo")
@requires(Permission.DEMO_REMOVE)
def load() -> AnyResponse:
    """Bring the demo in, and ask for a round so that its suggestions come at once."""
    now = clock.now()
    load_demo(db(), now=now, owner_id=actor_id())
    matches.request_run(db(), clock.iso_week(now), actor_id=actor_id(), now=now)
    db().commit()
    wake(open_queue(contents.settings()), Wake.ROUND)
    flash(gettext("Demoen er lastet inn. Forslagene kommer om et øyeblikk."))
    return go(url_for("week.index"))


@blueprint.get("/demo/remove")
@requires(Permission.DEMO_REMOVE)
def confirm_removal() -> Response:
    return render("start/remove.html", preview=belongings.preview(db()))


@blueprint.post("/demo/remove")
@requires(Permission.DEMO_REMOVE)
def remove() -> AnyResponse:
    gone = remove_demo(db(), actor_id())
    db().commit()
    said = gettext(
        "Demoen er fjernet: %(companies)s virksomheter, %(partners)s partnere og alt som hang ved dem.",
        companies=gone["companies"],
        partners=gone["partners"],
    )
    flash(said if any(gone.values()) else gettext("Det var ingen demo å fjerne."))
    return go(url_for("start.index"))
