"""Figures for Prometheus, behind a token; no record, name or address is among them."""

from __future__ import annotations

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from crm import clock
from crm.settings import Settings
from crm.upkeep import figures
from crm.web.access import public
from crm.web.session import database

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@public
def show() -> Response:
    """All figures in Prometheus' own format; 404 where no token is set, 401 without it."""
    wanted = _settings().metrics_token
    if not wanted:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        return Response(
            "The token is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain"
        )
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415  (only where it is asked for)

    from crm.web.metrics import counting  # noqa: PLC0415

    return Response(generate_latest(counting.registry()) + _state(), content_type=CONTENT_TYPE_LATEST)


def _state() -> bytes:
    """The state of the installation as gauges; without the database, only that it cannot be read."""
    try:
        found = figures.look(database(), _settings(), now=clock.now()) | {"crm_database_up": 1.0}
    except SQLAlchemyError:
        found = {"crm_database_up": 0.0}
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in found.items()).encode()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["crm.settings"]
    return settings


def install(app: Flask) -> None:
    """Count requests only where somebody may read the counts."""
    settings: Settings = app.extensions["crm.settings"]
    if settings.metrics_token:
        from crm.web.metrics import counting  # noqa: PLC0415  (the library is loaded where it is used)

        counting.forget_the_dead(settings.instance / "metrics")
        app.extensions["crm.metrics.count"] = counting.count
