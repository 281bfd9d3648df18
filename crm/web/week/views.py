"""Min uke: the work day, and the whole lists behind its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, abort, request

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities import queries as activities
from crm.activities.models import FollowUp
from crm.companies import due as leads
from crm.web.access import actor_id, requires
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
    """Open follow-ups, in groups by how near they are; one group, or all of them."""
    whose, due = contents.who(), request.args.get("due", "all")
    bounds = contents.due_bounds(clock.today())
    if due not in bounds:
        abort(400)
    owner, (since, until) = contents.owner_of(whose), bounds[due]
    counts = activities.due_counts(db(), owner, bounds)
    page = page_of(db(), activities.open_follow_ups(owner, since=since, until=until), total=counts[due])
    ends = [(name, bounds[name][1]) for name in ("late", "day", "tomorrow", "rest", "later")]
    return render(
        "week/follow_ups.html",
        page=page,
        who=whose,
        due=due,
        counts=counts,
        groups=_grouped(page.rows, ends),
        feed=activities.feed_of(db(), actor_id()),
    )


def _grouped(
    steps: Sequence[FollowUp], ends: list[tuple[str, date | None]]
) -> list[tuple[str, list[FollowUp]]]:
    """The follow-ups under the name of the first group that reaches so far."""
    found: dict[str, list[FollowUp]] = {name: [] for name, _end in ends}
    for step in steps:
        found[next(name for name, end in ends if end is None or step.due_on <= end)].append(step)
    return [(name, rows) for name, rows in found.items() if rows]


@blueprint.get("/week/quiet")
@requires(Permission.COMPANY_READ)
def quiet() -> Response:
    """Leads on the road that nobody has spoken with for two months."""
    whose, before = contents.who(), clock.now() - contents.QUIET
    owner = contents.owner_of(whose)
    total = leads.count_quiet(db(), owner, before=before)
    page = page_of(db(), leads.gone_quiet(owner, before=before), total=total)
    return render("week/quiet.html", page=page, who=whose)
