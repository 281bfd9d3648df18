"""Whether the program can read and write, for whoever watches over it."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from crm import clock
from crm.jobs.beat import own_name
from crm.storage import schema
from crm.storage.trouble import Trouble, trouble_of
from crm.upkeep import operations, soundness
from crm.upkeep.models import Duty
from crm.web.access import public
from crm.web.session import database

blueprint = Blueprint("health", __name__)
_WRITES_EVERY = 5.0


@blueprint.get("/health")
@public
def show() -> tuple[Response, int]:
    """200 when the program can read and write and is on the newest schema; else 503 with one word why."""
    kind = database().engine.dialect.name
    try:
        soundness.readable(database())
        if schema.current(database().engine) != schema.newest():
            return _down(kind, Trouble.TABLES)
        _write()
    except SQLAlchemyError as error:
        return _down(kind, trouble_of(error))
    return jsonify(status="ok", database=kind, reads=True, writes=True), 200


def _down(kind: str, trouble: Trouble) -> tuple[Response, int]:
    reads = trouble in {Trouble.FULL, Trouble.LOCKED, Trouble.READ_ONLY}
    answer = jsonify(status="down", database=kind, reads=reads, writes=False, reason=trouble.value)
    answer.headers["Retry-After"] = "5"
    return answer, 503


def _write() -> None:
    """Really write, a row about this very process; strangers who ask often do not make it more often."""
    known = current_app.extensions.get("crm.health.written", -_WRITES_EVERY)
    if time.monotonic() - known < _WRITES_EVERY:
        return
    with database().Write() as session:
        operations.note_alive(session, own_name(), Duty.WEB, now=clock.now())
        session.commit()
    current_app.extensions["crm.health.written"] = time.monotonic()
