"""What every body, query and answer is built of: closed shapes that also describe themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

LARGEST_ID = 2**31 - 1

RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Version = Annotated[
    int, Field(ge=1, le=LARGEST_ID, description="The version you read; 409 if it moved since")
]
Words = Annotated[str, Field(max_length=100)]
ShortText = Annotated[str, Field(max_length=200)]
Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=10_000)]
SegmentCodes = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=20, strict=False)]
Moment = AwareDatetime
Switch = Literal["0", "1"]


class Shape(BaseModel):
    """A closed shape: a field it does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Body(Shape):
    """What a program sends: types are not guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Body):
    """A request that says nothing beside its address."""


class Query(Shape):
    """What a list is narrowed to, by the same names as in the addresses of the pages."""


class ListQuery(Query):
    limit: Annotated[int, Field(ge=1, le=100, description="How many records at most")] = 50
    cursor: Annotated[str | None, Field(max_length=2000, description="next_cursor of the answer before")] = (
        None
    )


class Named(Shape):
    """Another record, by number and name."""

    id: int
    name: str


class Complaint(Shape):
    """One thing that must be put right, and the field it is about."""

    field: str
    detail: str
    detail_nb: str = ""


class Problem(Shape):
    """Why a request was not done, after RFC 9457, in English and in bokmål."""

    type: str
    title: str
    status: int
    detail: str
    detail_nb: str
    errors: list[Complaint] = []
    incident: str | None = None


def named(record: Any) -> Named | None:
    """Another record by number and name; None for none."""
    return Named(id=record.id, name=record.name) if record else None
