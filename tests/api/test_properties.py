"""Whatever is sent, by the description or against it, is answered as the description says."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crm.api import description
from crm.api.entrance import ENDPOINTS
from tests.api import generated
from tests.api.conftest import Program
from tests.world import World

DOCUMENT = description.document(ENDPOINTS)
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def schema_of(content: dict[str, Any]) -> dict[str, Any]:
    """The schema of a body or an answer, by name."""
    (kind,) = content.values()
    return kind["schema"]


def bodies(operation: dict[str, Any]) -> st.SearchStrategy[Any]:
    schema = schema_of(operation["requestBody"]["content"])
    fields = list(SCHEMAS[schema["$ref"].rpartition("/")[2]]["properties"])
    return generated.nearly(generated.values(schema, SCHEMAS), [*fields, "unknown"])


def queries(operation: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    parts = {part["name"]: part["schema"] for part in operation["parameters"] if part["in"] == "query"}
    right = {name: generated.values(schema, SCHEMAS) for name, schema in parts.items()}
    return st.fixed_dictionaries(
        {}, optional={name: value | value | st.text(max_size=8) for name, value in right.items()}
    )


@pytest.mark.parametrize("name", OPERATIONS)
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_answer_is_one_that_was_described(writer: Program, site: World, name: str, data: st.DataObject):
    method, path, operation = OPERATIONS[name]
    number = data.draw(st.sampled_from([1, site.company.id, site.need.id, 4711]))
    more: dict[str, Any] = {}
    if "requestBody" in operation:
        more["json"] = data.draw(bodies(operation))
    elif method == "GET" and "{id}" not in path:
        more["query_string"] = data.draw(queries(operation))
    answer = writer(method, path.replace("{id}", str(number)), **more)
    described = operation["responses"]
    assert str(answer.status_code) in described, answer.text
    assert answer.status_code < 500
    content = described[str(answer.status_code)].get("content")
    if content:
        Draft202012Validator(schema_of(content) | {"components": {"schemas": SCHEMAS}}).validate(answer.json)


def test_the_description_is_the_same_without_a_request(app: Flask, writer: Program):
    assert writer.get("/openapi.json") == DOCUMENT
