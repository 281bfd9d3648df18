"""The board report: a page to read and print, and the same as PDF."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, request, send_file
from flask_babel import gettext

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import InvalidInput
from crm.reporting.board import board_report
from crm.reporting.documents import Bars, Document, Paragraphs, Table
from crm.reporting.period import Period
from crm.reporting.wording import Wording
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import language

blueprint = Blueprint("reporting", __name__, url_prefix="/reporting")
_YEARS_OFFERED = 3
_KINDS = {Bars: "bars", Paragraphs: "paragraphs", Table: "table"}


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    period, this_year = _period(), clock.today().year
    document = _document(period)
    return render(
        "reporting/index.html",
        document=document,
        parts=[(_KINDS[type(part)], part) for part in document.parts],
        year=period.year,
        years=range(this_year, this_year - _YEARS_OFFERED, -1),
    )


@blueprint.get("/board.pdf")
@requires(Permission.COMPANY_READ)
def board() -> Response:
    from crm.reporting.pdf import write_pdf  # noqa: PLC0415  (its library loads NumPy, for this page alone)

    period = _period()
    content = write_pdf(_document(period), made_at=clock.now())
    name = f"{gettext('styrerapport')}-{period.year}.pdf"
    as_file = request.args.get("download") != "0"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=as_file, download_name=name)


def _period() -> Period:
    """The year in the address, this year unless given; 400 for one that has not begun."""
    today = clock.today()
    try:
        return Period.of_year(asked_number("year", default=today.year) or 0, today=today)
    except InvalidInput:
        abort(400)


def _document(period: Period) -> Document:
    return board_report(db(), period, Wording(say=_say, language=language()), now=clock.now())


def _say(sentence: str, /, **values: object) -> str:
    return str(gettext(sentence, **values))
