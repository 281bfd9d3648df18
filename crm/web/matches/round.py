"""Asking for the week's round, and watching how far it has come."""

from __future__ import annotations

from flask import Response, current_app, url_for
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import NotFound
from crm.jobs import queue
from crm.matches import operations, queries
from crm.matches.models import MatchRun
from crm.web.access import actor_id, requires
from crm.web.htmx import go, render, wants_fragment
from crm.web.session import db


@requires(Permission.ROUND_RUN)
def run() -> AnyResponse:
    """Ask for this week's round; asked twice, it is still one."""
    now = clock.now()
    asked = operations.request_run(db(), clock.iso_week(now), actor_id=actor_id(), now=now)
    db().commit()
    queue.wake(queue.open_queue(current_app.extensions["crm.settings"]), queue.Wake.ROUND)
    return _face(asked) if wants_fragment() else go(url_for("matches.progress", week=asked.week))


@requires(Permission.COMPANY_READ)
def progress(week: str) -> Response:
    asked = queries.find_run(db(), week)
    if asked is None:
        raise NotFound("Fant ingen runde for denne uka.")
    return _face(asked)


def _face(asked: MatchRun) -> Response:
    return render("matches/run.html", fragment="matches/_run.html", run=asked)
