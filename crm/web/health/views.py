"""Whether the program can read and write, for whoever watches over it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crm.web.access import public
from crm.web.session import database

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
def show() -> tuple[Response, int]:
    try:
        with database().Read() as reading:
            reading.execute(text("SELECT count(*) FROM users"))
        with database().Write() as writing:
            writing.execute(text("UPDATE users SET version = version WHERE id = -1"))
            writing.rollback()
    except SQLAlchemyError as error:
        reason = type(error).__name__
        return jsonify(status="down", database=f"{database().engine.dialect.name}: {reason}"), 503
    return jsonify(status="ok", database=database().engine.dialect.name), 200
