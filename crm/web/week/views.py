"""Min uke: the work day, and the whole lists behind its figures."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities import queries as activities
from crm.companies import queries as companies
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.paging import page_of
from crm.web.session import db
from crm.web.week import contents

blueprint = Blueprint("week", __name__)


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    whose = contents.who()
    week = contents.week_of(contents.owner_of(whose))
    steps = contents.first_steps() if week.shown is None else None
    return render("week/index.html", week=week, steps=steps, who=whose, number=clock.iso_week(clock.now()))


@blueprint.get("/week/follow-ups")
@requires(Permission.COMPANY_READ)
def follow_ups() -> Response:
    """Open follow-ups until today, until Sunday, or all of them."""
    whose, due = contents.who(), request.args.get("due", "all")
    today = clock.today()
    ends = {"today": today, "week": contents.sunday(today), "all": None}
    if due not in ends:
        abort(400)
    owner = contents.owner_of(whose)
    total = activities.count_open_follow_ups(db(), owner, until=ends[due])
    page = page_of(db(), activities.open_follow_ups(owner, until=ends[due]), total=total)
    return render("week/follow_ups.html", page=page, who=whose, due=due)


@blueprint.get("/week/quiet")
@requires(Permission.COMPANY_READ)
def quiet() -> Response:
    """Leads on the road that nobody has spoken with for two months."""
    whose, before = contents.who(), clock.now() - contents.QUIET
    owner = contents.owner_of(whose)
    total = companies.count_quiet(db(), owner, before=before)
    page = page_of(db(), companies.gone_quiet(owner, before=before), total=total)
    return render("week/quiet.html", page=page, who=whose)
