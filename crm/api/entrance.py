"""The door: a token is asked for, rights are looked up, the act is done, committed and answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import tokens
from crm.accounts.models import ApiToken
from crm.accounts.permissions import may
from crm.api import (
    activities,
    companies,
    contacts,
    description,
    follow_ups,
    introductions,
    matches,
    needs,
    once,
    partners,
    people,
    problems,
    reading,
)
from crm.api.declarations import Call, Endpoint
from crm.api.problems import Refused
from crm.api.shapes import LARGEST_ID
from crm.api.throttle import Throttle
from crm.settings import Settings
from crm.storage.engines import Database

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
RESOURCES = (
    companies.resource,
    contacts.resource,
    partners.resource,
    needs.resource,
    matches.resource,
    introductions.resource,
    activities.resource,
    follow_ups.resource,
    people.resource,
)
ENDPOINTS = tuple(endpoint for resource in RESOURCES for endpoint in resource.endpoints)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_ASK = {"WWW-Authenticate": 'Bearer realm="Klyngetorg"'}
_UNKNOWN = {"WWW-Authenticate": 'Bearer realm="Klyngetorg", error="invalid_token"'}


def _view(endpoint: Endpoint) -> Callable[..., Response]:
    def view(id: int = 0) -> Response:  # noqa: A002  (named as in the address)
        now = clock.now()
        token = _token(now)
        if not may(token.user.role, endpoint.permission) or (endpoint.writes and token.read_only):
            raise Refused(403)
        if id > LARGEST_ID:
            raise Refused(404)
        asked = reading.asked(endpoint)
        with _session(writing=endpoint.writes) as session:
            return _answer(endpoint, Call(session=session, actor=token.user, now=now, asked=asked, id=id))

    return _declared(view, endpoint.permission.value, endpoint.name)


def _answer(endpoint: Endpoint, call: Call[Any]) -> Response:
    if not endpoint.writes:
        return _json(endpoint, endpoint.run(call))
    made = once.run(endpoint, call) if endpoint.creates else endpoint.run(call)
    call.session.commit()
    if endpoint.reads is None:
        return Response(status=204)
    call.session.expire_all()
    answer = _json(endpoint, endpoint.reads(call.session, made))
    if endpoint.creates:
        answer.headers["Location"] = f"{blueprint.url_prefix}{endpoint.path}/{made}"
    return answer


def _json(endpoint: Endpoint, found: Any) -> Response:
    """The answer in the shape that was declared for it."""
    shape = endpoint.answers
    told = shape.model_validate(found) if shape else found
    return Response(told.model_dump_json(), status=endpoint.status, mimetype="application/json")


def _token(now: datetime) -> ApiToken:
    """The token the request carries; Refused with 401 where there is none, 429 where it asks too often."""
    throttle = cast("Throttle", current_app.extensions["crm.api.throttle"])
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not given.strip():
        raise Refused(401, _ASK)
    with _session(writing=False) as session:
        found = tokens.find(session, given.strip()[:200], now=now)
    if found is None:
        throttle.guess(request.remote_addr or "")
        raise Refused(401, _UNKNOWN)
    throttle.ask(found.id)
    if tokens.use_is_worth_writing(found, now=now):
        _count_use(found.id, now)
    return found


def _count_use(token_id: int, now: datetime) -> None:
    """Write down that a token was used; a busy database is no reason to refuse the request."""
    with suppress(OperationalError), _session(writing=True) as session:
        tokens.count_use(session, token_id, now=now)
        session.commit()


def _session(*, writing: bool) -> Session:
    return _database().Write() if writing else _database().Read()


def _database() -> Database:
    return cast("Database", current_app.extensions["crm.database"])


def _describe() -> Response:
    _token(clock.now())
    return Response(json.dumps(description.document(ENDPOINTS)), mimetype="application/json")


def _nowhere(rest: str) -> Response:
    """Any other address below ours; 405 where the address is one of ours by another method."""
    del rest
    _token(clock.now())
    adapter = current_app.create_url_adapter(request)
    allowed = [
        method
        for method in _METHODS
        if adapter and adapter.match(method=method)[0] != f"{blueprint.name}.nowhere"
    ]
    raise Refused(405, {"Allow": ", ".join(allowed)}) if allowed else Refused(404)


def _declared(view: Callable[..., Response], rule: str, name: str) -> Callable[..., Response]:
    view.access_rule = rule  # type: ignore[attr-defined]
    view.guards_itself = True  # type: ignore[attr-defined]
    view.__name__ = name
    return view


def _prepare(state: BlueprintSetupState) -> None:
    settings = cast("Settings", state.app.extensions["crm.settings"])
    state.app.extensions["crm.api.throttle"] = Throttle(settings.api_per_minute, database=_database)


def _hang_routes() -> None:
    for endpoint in ENDPOINTS:
        rule = endpoint.path.replace("{id}", "<int:id>")
        blueprint.add_url_rule(
            rule,
            endpoint.name,
            _view(endpoint),
            methods=[endpoint.method],
            strict_slashes=False,
            provide_automatic_options=False,
        )
    describe = _declared(_describe, "signed_in", "describe")
    blueprint.add_url_rule("/openapi.json", "describe", describe, provide_automatic_options=False)
    nowhere = _declared(_nowhere, "signed_in", "nowhere")
    blueprint.add_url_rule("/", "nowhere", nowhere, methods=_METHODS, defaults={"rest": ""})
    blueprint.add_url_rule("/<path:rest>", "nowhere", nowhere, methods=_METHODS)


problems.install(blueprint)
blueprint.record_once(_prepare)
_hang_routes()


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
