"""Handing lists over: what a list shows, with its filter, order and columns, as a file."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from flask import Blueprint, Response, abort, current_app, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies import lists
from crm.companies.models import Company
from crm.companies.queries import companies as companies_of
from crm.errors import InvalidInput
from crm.exchange import taking_out
from crm.exchange.formats import FORMATS, PERSONAL, write
from crm.exchange.models import ExportState
from crm.exchange.taking_out import Wish
from crm.jobs.queue import Wake, open_queue, wake
from crm.privacy import operations as privacy
from crm.privacy.models import Act
from crm.settings import Settings
from crm.storage.snapshot import snapshot
from crm.web import words
from crm.web.access import actor_id, proven, requires
from crm.web.exchange import export_pages as pages
from crm.web.htmx import go, render, wants_fragment
from crm.web.session import begin_writing, close, database, db

blueprint = Blueprint("exchange", __name__, url_prefix="/companies")

_IN_MEMORY = 8 * 1024 * 1024
_MOST = 10_000_000
AT_ONCE = 5_000
"""So many companies are written while one waits; more are the worker's."""


@blueprint.get("/export")
@proven
@requires(Permission.LIST_EXPORT)
def choose() -> Response:
    """What kind of file, which columns, and what for."""
    return pages.form()


@blueprint.post("/export")
@proven
@requires(Permission.LIST_EXPORT)
def take() -> AnyResponse:
    """The file that was asked for; a long one is written by the worker."""
    try:
        wanted = pages.wished(request.form.get("form", ""), request.form.getlist("column"))
    except InvalidInput as error:
        return pages.form(problem=words.in_words(error), status=422)
    total = lists.count_up_to(db(), wanted.listing.wanted, most=_MOST)
    if total <= AT_ONCE:
        return _file(wanted)
    made = taking_out.ask(db(), actor_id(), wanted, total=total, now=clock.now())
    taking_out.note(db(), actor_id(), wanted, rows=total, subject=current_user.user)
    db().commit()
    wake(open_queue(cast("Settings", current_app.extensions["crm.settings"])), Wake.EXPORT)
    return go(url_for("exchange.show", export_id=made.id))


@blueprint.get("/export.<path:kind>")
@proven
@requires(Permission.LIST_EXPORT)
def companies(kind: str) -> AnyResponse:
    """The list as the page shows it, without its persons; those ask what they are for."""
    if kind not in FORMATS:
        abort(404)
    if kind in PERSONAL:
        return go(url_for("exchange.choose", **(request.args.to_dict() | {"form": kind})))  # type: ignore[arg-type]
    return _file(pages.wished(kind, pages.impersonal()))


@blueprint.get("/exports/<int:export_id>")
@requires(Permission.LIST_EXPORT)
def show(export_id: int) -> Response:
    """How far a long list has come, and the file once it is whole."""
    found = taking_out.get_export(db(), export_id, actor_id())
    page = "exchange/_export.html" if wants_fragment() else "exchange/export.html"
    return render(page, found=found)


@blueprint.get("/exports/<int:export_id>/file")
@proven
@requires(Permission.LIST_EXPORT)
def fetch(export_id: int) -> Response:
    """A long list that is whole."""
    found = taking_out.get_export(db(), export_id, actor_id())
    if found.state is not ExportState.DONE:
        abort(404)
    file = _temporary()
    for part in taking_out.parts(db(), export_id):
        file.write(part)
    return _sent(file, found.form, found.file_name)


@blueprint.post("/exports/<int:export_id>/discard")
@requires(Permission.LIST_EXPORT)
def discard(export_id: int) -> AnyResponse:
    """Throw a list away, also one that is being written."""
    db().delete(taking_out.get_export(db(), export_id, actor_id()))
    db().commit()
    return go(url_for("companies.index"))


def _file(wanted: Wish) -> Response:
    """The file, written at once; then it is noted."""
    file = _temporary()
    with snapshot(database()) as session:
        written = write(wanted.form, session, wanted.listing, file)
    close()
    writing = begin_writing()
    taking_out.note(writing, actor_id(), wanted, rows=written.rows, subject=current_user.user)
    held = writing.scalars(companies_of(wanted.listing.wanted).with_only_columns(Company.id).order_by(None))
    privacy.note_access(
        writing, actor_id(), Act.EXPORT, subject=Company.__tablename__, ids=held, now=clock.now()
    )
    writing.commit()
    return _sent(file, wanted.form, wanted.file_name)


def _temporary() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


def _sent(file: BinaryIO, form: str, name: str) -> Response:
    file.seek(0)
    return send_file(file, mimetype=FORMATS[form], as_attachment=True, download_name=name)
