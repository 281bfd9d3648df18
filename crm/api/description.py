"""The description of the entrance in OpenAPI 3.1, written from the declarations the routes are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from crm.api import once
from crm.api.declarations import Endpoint
from crm.api.shapes import LARGEST_ID, Nothing, Problem

_REF = "#/components/schemas/{model}"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
_WHY = {
    400: "The query or the JSON cannot be read",
    401: "No valid token",
    403: "The token's user lacks the right, or the token may only read",
    404: "No such record, or none you may know of",
    409: "It does not fit the present state of the record",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "A field cannot be what it should be; errors names it",
    429: "Too many requests; see Retry-After",
    503: "The database is busy; see Retry-After",
}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The whole description; every endpoint is in it, and nothing else."""
    listed = tuple(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in listed:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Klyngetorg",
            "version": "1",
            "description": (
                "The records of the program, for other programs. A token acts as its user, with the user's"
                " rights. Lists are read a piece at a time: send next_cursor back as cursor."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.tag for endpoint in listed)],
        "paths": paths,
        "components": {"securitySchemes": {"token": _TOKEN}, "schemas": _schemas(listed)},
    }


_TOKEN = {"type": "http", "scheme": "bearer", "description": "Made by «users token EMAIL»; shown once."}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.said,
        "description": f"Asks for the right {endpoint.permission.value}.",
        "tags": [endpoint.tag],
        "responses": _responses(endpoint),
    }
    parameters = _parameters(endpoint)
    if parameters:
        told["parameters"] = parameters
    if endpoint.writes and endpoint.asks is not Nothing:
        schema = {"$ref": _REF.format(model=endpoint.asks.__name__)}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return told


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if endpoint.answers:
        schema = {"$ref": _REF.format(model=endpoint.answers.__name__)}
        done["content"] = {"application/json": {"schema": schema}}
    if endpoint.creates:
        done["headers"] = {"Location": {"schema": {"type": "string"}}}
    wrong = [401, 403, 429, 503, 400]
    wrong += [404] if "{id}" in endpoint.path or endpoint.creates else []
    wrong += [409, 413, 415, 422] if endpoint.writes else []
    return {str(endpoint.status): done} | {
        str(status): {"description": _WHY[status], "content": _PROBLEM} for status in sorted(wrong)
    }


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{id}" in endpoint.path:
        number = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        found.append({"name": "id", "in": "path", "required": True, "schema": number})
    if endpoint.creates:
        key = {"type": "string", "maxLength": once.LONGEST}
        said = "A key of your own: the same request under the same key is done once"
        found.append({"name": once.HEADER, "in": "header", "description": said, "schema": key})
    if not endpoint.writes:
        found += _of_query(endpoint.asks)
    return found


def _of_query(shape: type[BaseModel]) -> list[dict[str, Any]]:
    """Each field of a query as a parameter; one that may be left out is simply not sent."""
    properties = shape.model_json_schema(ref_template=_REF).get("properties", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
        for name, schema in properties.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    kept = {key: value for key, value in schema.items() if key != "anyOf" and value is not None}
    return kept | kinds[0] if len(kinds) == 1 else schema


def _schemas(endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    asked = {endpoint.asks for endpoint in endpoints} - {Nothing}
    answered = {endpoint.answers for endpoint in endpoints if endpoint.answers} | {Problem}
    _refs, whole = models_json_schema(
        [
            *((shape, "validation") for shape in sorted(asked, key=lambda shape: shape.__name__)),
            *((shape, "serialization") for shape in sorted(answered, key=lambda shape: shape.__name__)),
        ],
        ref_template=_REF,
    )
    named: dict[str, Any] = whole.get("$defs", {})
    return named
