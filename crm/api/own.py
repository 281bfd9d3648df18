"""Own fields, for programs: the ``own`` of a record, by the code of each field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from crm.api.declarations import Call
from crm.errors import InvalidInput
from crm.fields import operations, queries
from crm.fields.drafts import checked_value
from crm.fields.models import Subject
from crm.storage.base import Base

OwnOut = Annotated[
    dict[str, float | date | str], Field(description="Own fields that are filled in, by their code")
]
OwnIn = Annotated[
    dict[Annotated[str, Field(max_length=40)], float | str | None],
    Field(max_length=60, description="Own fields by their code; null empties one, what is not sent stays"),
]
WHERE = "Conditions, field:op:value,value;…, as in the addresses of the pages"


def of(session: Session, subject: Subject, ids: Collection[int]) -> Mapping[int, dict[str, Any]]:
    """What own fields hold of some records, in one question."""
    return queries.values_of(session, subject, ids)


def take_in(call: Call[Any], subject: Subject, record: Base, typed: Mapping[str, Any] | None) -> None:
    """Fill in what was sent; InvalidInput for a field there is none of and a value that does not fit."""
    if not typed:
        return
    known = queries.by_codes(call.session, subject, typed)
    for code in typed:
        if code not in known:
            raise InvalidInput("Et slikt felt finnes ikke.", field=f"own.{code[:40]}")
    values = {known[code]: checked_value(known[code], value) for code, value in typed.items()}
    operations.set_values(call.session, call.actor.id, subject, record, values)
