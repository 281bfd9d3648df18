"""Taking a spreadsheet in: choose it, see how it is read, judge its rows, write them, take them back."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import InvalidInput
from crm.exchange import operations, queries
from crm.exchange.drafts import choices_draft, columns_draft
from crm.exchange.models import AT_WORK, Import, ImportState
from crm.jobs.queue import Wake, open_queue, wake
from crm.sheets.opening import Wanted
from crm.web.access import actor_id, requires
from crm.web.exchange import import_pages as pages
from crm.web.exchange import import_wording as wording
from crm.web.htmx import go, wants_fragment
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("imports", __name__, url_prefix="/import")


@blueprint.get("/")
@requires(Permission.COMPANY_WRITE)
def index() -> Response:
    """Where a file is chosen, above the files there have been."""
    return pages.first()


@blueprint.post("/")
@requires(Permission.COMPANY_WRITE)
def receive() -> AnyResponse:
    """Take a file, or pasted cells; one that was taken in before is asked about."""
    given = request.files.get("file")
    name = given.filename or "" if given else ""
    content = given.read() if given else b""
    if not content and request.form.get("cells", "").strip():
        name, content = gettext("innlimt"), request.form["cells"].encode()
    if not name:
        return pages.first(problem=gettext("Velg en fil, eller lim inn celler."), status=422)
    try:
        found = operations.receive(db(), actor_id(), name, content, now=clock.now())
    except InvalidInput as error:
        db().rollback()
        return pages.first(problem=in_words(error), status=422)
    db().commit()
    return go(url_for("imports.show", import_id=found.id))


@blueprint.get("/<int:import_id>")
@requires(Permission.COMPANY_WRITE)
def show(import_id: int) -> Response:
    """The page an import stands at."""
    return pages.of(_found(import_id))


@blueprint.post("/<int:import_id>/reading")
@requires(Permission.COMPANY_WRITE)
def read_otherwise(import_id: int) -> AnyResponse:
    """Read the file in another way."""
    found = _found(import_id)
    header = request.form.get("header", "")
    wanted = Wanted(
        encoding=request.form.get("encoding", "")
        if request.form.get("encoding") in wording.ENCODINGS
        else "",
        delimiter=request.form.get("delimiter", "")
        if request.form.get("delimiter") in wording.DELIMITERS
        else "",
        sheet=request.form.get("sheet", ""),
        header=int(header) if header.isascii() and header.isdigit() and len(header) < 8 else None,
    )
    try:
        operations.read_otherwise(db(), found, wanted)
    except InvalidInput as error:
        db().rollback()
        return pages.columns(_found(import_id), problem=in_words(error), status=422)
    db().commit()
    return go(url_for("imports.show", import_id=import_id))


@blueprint.post("/<int:import_id>/columns")
@requires(Permission.COMPANY_WRITE)
def choose(import_id: int) -> AnyResponse:
    """Say what the columns are, and ask for a verdict on each row."""
    found, form = _found(import_id), request.form
    given = [form.get(f"column-{place}", "none") for place in range(len(found.header))]
    try:
        fields = columns_draft(given, len(found.header))
        choices = choices_draft(
            fields,
            keep=form.getlist("keep"),
            source=form.get("source", ""),
            purpose=form.get("purpose", ""),
            day_form=form.get("day_form", ""),
            decimal=form.get("decimal", ""),
        )
        operations.request_verdicts(db(), found, fields, choices)
    except InvalidInput as error:
        db().rollback()
        return pages.columns(_found(import_id), problem=in_words(error), given=given, status=422)
    return _handed_over(import_id)


@blueprint.post("/<int:import_id>/change")
@requires(Permission.COMPANY_WRITE)
def change(import_id: int) -> AnyResponse:
    """Back to the columns; the verdicts are made anew afterwards."""
    found = _found(import_id)
    operations.reopen(db(), found)
    db().commit()
    return go(url_for("imports.show", import_id=import_id))


@blueprint.get("/<int:import_id>/progress")
@requires(Permission.COMPANY_WRITE)
def progress(import_id: int) -> AnyResponse:
    """How far it has come; once it is there, the page it leads to."""
    found = _found(import_id)
    if found.state not in AT_WORK and wants_fragment():
        return go(url_for("imports.show", import_id=import_id))
    return pages.of(found)


@blueprint.post("/<int:import_id>/rows/<int:number>")
@requires(Permission.COMPANY_WRITE)
def correct(import_id: int, number: int) -> AnyResponse:
    """Put cells of a row right; it gets a new verdict at once."""
    found = _found(import_id)
    cells = {
        place: request.form[f"cell-{place}"]
        for place in range(len(found.header))
        if f"cell-{place}" in request.form
    }
    operations.correct(db(), found, number, cells, today=clock.today())
    db().commit()
    return pages.row_face(import_id, number)


@blueprint.post("/<int:import_id>/rows/<int:number>/answer")
@requires(Permission.COMPANY_WRITE)
def answer(import_id: int, number: int) -> AnyResponse:
    """Say of a row whether it means the record it is likened to."""
    found = _found(import_id)
    operations.answer(db(), found, number, request.form.get("answer", ""), today=clock.today())
    db().commit()
    return pages.row_face(import_id, number)


@blueprint.post("/<int:import_id>/apply")
@requires(Permission.COMPANY_WRITE)
def apply(import_id: int) -> AnyResponse:
    """Write the rows; a file that was taken in before, or has rows to put right, says so first."""
    found = _found(import_id)
    if pages.needs_a_yes(found) and request.form.get("sure") != "1":
        sentence = gettext("Sett kryss for at du vil ta inn resten, og prøv igjen.")
        return pages.verdicts(found, problem=sentence, status=422)
    operations.request_applying(db(), actor_id(), found)
    return _handed_over(import_id)


@blueprint.post("/<int:import_id>/undo")
@requires(Permission.COMPANY_WRITE)
def undo(import_id: int) -> AnyResponse:
    """Take back what was written, also of an import under way."""
    operations.request_undoing(db(), actor_id(), _found(import_id))
    return _handed_over(import_id)


@blueprint.post("/<int:import_id>/discard")
@requires(Permission.COMPANY_WRITE)
def discard(import_id: int) -> AnyResponse:
    """Throw a file away that was not taken in."""
    operations.discard(db(), _found(import_id))
    db().commit()
    flash(gettext("Fila er kastet. Ingenting ble tatt inn."))
    return go(url_for("imports.index"))


@blueprint.get("/<int:import_id>/rejects")
@requires(Permission.COMPANY_WRITE)
def rejects(import_id: int) -> Response:
    """The rows that were not taken in, as a file that says why."""
    found = _found(import_id)
    if found.state not in {ImportState.READY, ImportState.APPLIED}:
        abort(404)
    return pages.rejects(found)


def _one_of(known: Collection[str], name: str) -> str:
    """What was chosen in a list; nothing where it is not in it."""
    given = request.form.get(name, "")
    return given if given in known else ""


def _found(import_id: int) -> Import:
    return queries.get_import(db(), import_id, current_user.user)


def _handed_over(import_id: int) -> AnyResponse:
    """Give an import to the worker, and show how it comes along."""
    db().commit()
    wake(open_queue(pages.settings()), Wake.IMPORT)
    return go(url_for("imports.show", import_id=import_id))
