"""Handing lists over: what a list shows, with its filter, as a file."""

from __future__ import annotations

import tempfile
from typing import BinaryIO

from flask import Blueprint, Response, abort, send_file
from flask_babel import gettext
from flask_login import current_user

from crm import clock
from crm.accounts.permissions import Permission
from crm.exchange import listed
from crm.exchange.formats import FORMATS, Listing, write
from crm.history import operations as history
from crm.storage.snapshot import snapshot
from crm.web.access import actor_id, proven, requires
from crm.web.exchange.wording import wording
from crm.web.listing import asked, in_words, offered
from crm.web.session import begin_writing, close, database, db

blueprint = Blueprint("exchange", __name__, url_prefix="/companies")

_IN_MEMORY = 8 * 1024 * 1024


@blueprint.get("/export.<kind>")
@proven
@requires(Permission.LIST_EXPORT)
def companies(kind: str) -> Response:
    """The list of companies as the page shows it, with its filter and order."""
    if kind not in FORMATS:
        abort(404)
    file: BinaryIO = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    listing = _listing()
    with snapshot(database()) as session:
        written = write(kind, session, listing, file)
    close()
    _remember(kind, rows=written.rows, filter_=listing.wanted.given)
    file.seek(0)
    listed = gettext("personer") if kind == "vcf" else gettext("virksomheter")
    name = f"{listed}-{clock.today():%Y-%m-%d}.{kind}"
    return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=name)


def _listing() -> Listing:
    wanted = asked()
    said = in_words(wanted, offered()) or gettext("ingen filter, hele lista")
    about = (
        (str(gettext("Utvalg")), str(said)),
        (str(gettext("Hentet av")), str(current_user.user.name)),
        (str(gettext("Hentet")), clock.now().astimezone(clock.OSLO).strftime("%d.%m.%Y kl. %H.%M")),
        (str(gettext("Kilde")), str(gettext("Klyngetorg, med data fra Enhetsregisteret (NLOD)"))),
    )
    columns = listed.offered(db())
    return Listing(wanted, wording(), str(gettext("Virksomheter")), about, columns)


def _remember(kind: str, *, rows: int, filter_: dict[str, str]) -> None:
    """An export leaves a line in the trail: who took out what, and how much."""
    close()
    writing = begin_writing()
    changes: dict[str, object] = {"format": kind, "rows": rows, "filter": filter_}
    history.record(writing, actor_id(), "list:export", subject=current_user.user, changes=changes)
    writing.commit()
