"""The description is valid, tells every route, and the routes do what it says."""

from __future__ import annotations

from flask import Flask
from openapi_spec_validator import validate
from werkzeug.routing import Rule

from tests.api.conftest import Program


def test_it_is_valid_openapi(writer: Program):
    validate(writer.get("/openapi.json"))


def test_it_tells_every_route_and_no_other(app: Flask, writer: Program):
    told = {
        (method.upper(), path)
        for path, methods in writer.get("/openapi.json")["paths"].items()
        for method in methods
    }
    assert told == {route for rule in app.url_map.iter_rules() for route in _routes(rule)}


def _routes(rule: Rule) -> set[tuple[str, str]]:
    if not rule.endpoint.startswith("api.") or rule.endpoint in {"api.describe", "api.nowhere"}:
        return set()
    path = rule.rule.removeprefix("/api/v1").replace("<int:id>", "{id}")
    return {(method, path) for method in (rule.methods or set()) - {"HEAD"}}


def test_every_operation_has_a_name_of_its_own(writer: Program):
    names = [
        operation["operationId"]
        for methods in writer.get("/openapi.json")["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(names)) == len(names)
