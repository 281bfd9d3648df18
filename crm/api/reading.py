"""Reading a request: its query or its body, refused where it is not what was declared."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request
from pydantic import BaseModel

from crm.api.declarations import Endpoint
from crm.api.problems import Refused
from crm.api.shapes import Nothing

LARGEST_BODY = 256 * 1024


def asked(endpoint: Endpoint) -> BaseModel:
    """What the request asks, in the declared shape; Refused or a ValidationError where it is another."""
    return _body(endpoint.asks) if endpoint.writes else _query(endpoint.asks)


def _query(shape: type[BaseModel]) -> BaseModel:
    """The query; the same name twice is refused, and a name without a value asks nothing."""
    given = request.args.to_dict(flat=False)
    if any(len(values) > 1 or "\0" in values[0] for values in given.values()):
        raise Refused(400)
    return shape.model_validate({name: values[0] for name, values in given.items() if values[0].strip()})


def _body(shape: type[BaseModel]) -> BaseModel:
    if (request.content_length or 0) > LARGEST_BODY:
        raise Refused(413)
    sent = request.get_data(cache=True)
    if shape is Nothing and not sent:
        return Nothing()
    if request.mimetype != "application/json":
        raise Refused(415)
    _refuse_ambiguous(sent)
    return shape.model_validate_json(sent)


def _refuse_ambiguous(sent: bytes) -> None:
    """JSON that other readers may understand in another way: a name twice, NaN, an endless nest."""
    try:
        json.loads(sent.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(400) from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
