"""Graded information never gets in: every field, file name and file sent is looked at before any view is.

That somebody tried is written down, with where, and without a word of what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user

from crm import clock
from crm.errors import InvalidInput
from crm.history.models import Entry
from crm.partners.markings import refuse_marked
from crm.web.session import begin_writing

_READING = {"GET", "HEAD", "OPTIONS"}
_UNREAD = ("password", "csrf", "code", "token")


def _guard() -> None:
    if request.method in _READING:
        return
    for field, text in _sent():
        try:
            refuse_marked(text, field=field)
        except InvalidInput:
            g.marked = field
            raise


def _sent() -> Iterator[tuple[str, str]]:
    """Every text of the request by its field; what is a secret is left alone."""
    if request.mimetype == "application/json":
        try:
            sent = request.get_json(silent=True)
        except RecursionError:  # too deep to read, which the entrance refuses by itself
            return
        yield from _within("", sent)
        return
    for name, value in request.form.items(multi=True):
        if not any(part in name for part in _UNREAD):
            yield name, value
    for name, file in request.files.items(multi=True):
        yield name, (file.filename or "").rpartition(".")[0]


def _within(field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _within(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(field, inner)


def _note(answer: Response) -> Response:
    """Write down that something was refused, after everything of the request is undone."""
    field = g.pop("marked", None)
    if field is not None:
        session = begin_writing()
        user = current_user.user.id if current_user and current_user.is_authenticated else None
        where = {"where": request.endpoint or "", "field": str(field)[:60]}
        session.add(Entry(at=clock.now(), actor_id=user, action="marking:refused", subject="markings",
                          subject_id=0, changes=where))  # fmt: skip
        session.commit()
    return answer


def install(app: Flask) -> None:
    app.before_request(_guard)
    app.after_request(_note)
