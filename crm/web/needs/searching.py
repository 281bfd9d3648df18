"""Suggestions of a need: those found, and asking the worker for them when it is saved."""

from __future__ import annotations

from typing import Any

from flask import current_app

from crm import clock
from crm.fields.models import Subject
from crm.jobs import queue
from crm.matches import operations, queries
from crm.matches.models import RunState
from crm.partners.models import Need
from crm.web import own
from crm.web.access import actor_id
from crm.web.session import db

_UNDER_WAY = {RunState.WAITING, RunState.RUNNING}


def ask(need: Need) -> None:
    """Put a search for an open need in the ledger, in the transaction of what made it necessary."""
    if need.open_on(clock.today()):
        operations.request_search(db(), need.id, actor_id=actor_id(), now=clock.now())


def wake() -> None:
    """Wake the worker, after the commit."""
    queue.wake(queue.open_queue(current_app.extensions["crm.settings"]), queue.Wake.NEED)


def found(need: Need) -> dict[str, Any]:
    """A need's suggestions by whether they are answered, its newest search, and whether it is under way."""
    suggested = db().scalars(queries.of_need(need.id)).unique().all()
    search = queries.last_search(db(), need.id)
    return {
        "need": need,
        "own": own.panel(Subject.NEED, need.id, need.version),
        "awaiting": [suggestion for suggestion in suggested if suggestion.answer is None],
        "answered": [suggestion for suggestion in suggested if suggestion.answer is not None],
        "search": search,
        "searching": search is not None and search.state in _UNDER_WAY,
    }
