"""What is told of each request: how it ended and how long it took, by the rule of its address alone."""

from __future__ import annotations

import logging
import secrets
import time

from flask import Flask, Response, current_app, g, request

_log = logging.getLogger("crm.web.requests")


def rule() -> str:
    """The rule of an address, as in ``/companies/<int:company_id>``: no number, word or token in it."""
    return str(request.url_rule) if request.url_rule else "(no such page)"


def incident() -> str:
    """The short name of this request, in the log and on an error page."""
    if "incident" not in g:
        g.incident = secrets.token_hex(4)
    return str(g.incident)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    if request.endpoint not in {"static", "health.show", "metrics.show"}:
        count = current_app.extensions.get("crm.metrics.count")
        if count:
            count(request.endpoint or "", request.method, answer.status_code, seconds)
        _log.log(*_told(answer, seconds))
    return answer


def _told(answer: Response, seconds: float) -> tuple[int, str, str, str, int, int]:
    level = logging.WARNING if answer.status_code >= 500 else logging.DEBUG
    if current_app.extensions["crm.settings"].log_format == "json":
        level = max(level, logging.INFO)
    return level, "%s %s: %s in %s ms", request.method, rule(), answer.status_code, round(seconds * 1000)


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
