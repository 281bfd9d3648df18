"""The database session of a request: readers read, writers begin IMMEDIATE, views commit."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from crm.storage.engines import Database

READING = {"GET", "HEAD", "OPTIONS"}


def database() -> Database:
    """The database this program runs on."""
    return cast("Database", current_app.extensions["crm.database"])


def db() -> Session:
    """The session of this request, opened at first use."""
    if "session" not in g:
        maker = database().Read if request.method in READING else database().Write
        g.session = maker()
    return cast("Session", g.session)


def begin_writing() -> Session:
    """Turn a GET that must write (a one-time link) into a writer; before anything was read."""
    close()
    g.session = database().Write()
    return cast("Session", g.session)


def begin_reading() -> None:
    """Let the rest of the request only read, whatever its method: an error page waits for no lock."""
    close()
    g.session = database().Read()


def close(_error: BaseException | None = None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()


def install(app: Flask, opened: Database) -> None:
    app.extensions["crm.database"] = opened
    app.teardown_appcontext(close)
