"""Creating once: a request repeated under the same Idempotency-Key makes nothing more."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.exc import IntegrityError

from crm.accounts import tokens
from crm.api.declarations import Call, Endpoint
from crm.errors import Conflict, InvalidInput

HEADER = "Idempotency-Key"
LONGEST = 100


def run(endpoint: Endpoint, call: Call[Any]) -> int:
    """The number of the record, made now or by the same request before.

    Conflict where the key was used for another request, or for one that is being done at this moment.
    """
    key = request.headers.get(HEADER, "").strip()
    if not key:
        return int(endpoint.run(call))
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise InvalidInput("Idempotency-Key kan ha høyst 100 vanlige tegn.", field=HEADER)
    asked = tokens.hash_of(f"{endpoint.name}\n".encode() + request.get_data())
    known = tokens.find_creation(call.session, call.actor.id, key)
    if known:
        if known.asked_hash != asked or known.record_id is None:
            raise Conflict("Denne Idempotency-Key er brukt til en annen forespørsel.", field=HEADER)
        return known.record_id
    return _first(endpoint, call, key, asked)


def _first(endpoint: Endpoint, call: Call[Any], key: str, asked: str) -> int:
    try:
        taken = tokens.remember_creation(call.session, call.actor.id, key, asked, now=call.now)
    except IntegrityError as error:
        raise Conflict(
            "Den samme forespørselen blir behandlet nå. Prøv igjen om litt.", field=HEADER
        ) from error
    taken.record_id = int(endpoint.run(call))
    return taken.record_id
