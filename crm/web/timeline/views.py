"""The whole story of a company on one page: every kind of thing that happened, newest first."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, abort, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from crm.accounts.permissions import Permission
from crm.companies import queries as companies
from crm.companies.models import Stage
from crm.history.models import Entry
from crm.timeline.queries import Kind, Place, happenings
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.session import db
from crm.web.words import STAGES

blueprint = Blueprint("timeline", __name__, url_prefix="/companies")
KINDS = {
    Kind.CONTACT: _l("Kontakt og notater"),
    Kind.FOLLOW_UP: _l("Gjorte oppfølginger"),
    Kind.LEAD: _l("Steg og ansvar"),
    Kind.SUGGESTION: _l("Svar på forslag"),
    Kind.INTRODUCTION: _l("Koblinger"),
    Kind.REGISTER: _l("Fra registeret"),
}


@blueprint.get("/<int:company_id>/timeline")
@requires(Permission.COMPANY_READ)
def show(company_id: int) -> Response:
    """A stretch of the story, of every kind or of one, from the newest or from a place further down."""
    company, kind = companies.get_company(db(), company_id), request.args.get("kind", "")
    if kind and kind not in set(Kind):
        abort(400)
    wanted = [Kind(kind)] if kind else list(Kind)
    lines, rest = happenings(db(), company, kinds=wanted, after=_place(request.args.get("after", "")))
    return render(
        "timeline/show.html",
        company=company,
        lines=lines,
        kind=kind,
        kinds=KINDS,
        rest=_written(rest) if rest else None,
        moved=moved,
    )


def moved(entry: Entry) -> str:
    """What the trail says was changed of a lead, in words."""
    if entry.action == "lead:follow":
        return str(gettext("Begynte å følge virksomheten"))
    told: list[str] = []
    match entry.changes.get("stage"):
        case [before, after]:
            sentence = gettext(
                "Flyttet fra %(before)s til %(after)s", before=_stage(before), after=_stage(after)
            )
            told.append(sentence)
    if "owner_id" in entry.changes:
        told.append(gettext("Ny ansvarlig"))
    if "segments" in entry.changes:
        told.append(gettext("Andre satsingsområder"))
    return ". ".join(told) or str(gettext("Opplysninger endret"))


def _stage(value: object) -> str:
    return str(STAGES[Stage(str(value))]) if value in set(Stage) else "–"


def _written(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.kind.value}~{place.id}"


def _place(text: str) -> Place | None:
    """The place a page goes on from; 400 for anything else."""
    if not text:
        return None
    try:
        at, kind, number = text.split("~")
        place = Place(datetime.fromisoformat(at), Kind(kind), int(number))
    except ValueError:
        abort(400)
    if place.at.tzinfo is None or not 0 < place.id < 2**63:
        abort(400)
    return place
