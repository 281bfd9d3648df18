"""The vocabulary of columns: every table is written in these words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, Date, DateTime, Dialect, Enum, ForeignKey, String, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from crm import clock


class UTCDateTime(TypeDecorator[datetime]):
    """A moment. Naive values are refused on the way in; what comes out is aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum]) -> Enum:
    """A column type for one of our enumerations, stored as its value and checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def by_code_point(length: int) -> TypeEngine[str]:
    """Text compared by code point on every database, for keys that carry their own order."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Id = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(String(20))]
OrgNr = Annotated[str, mapped_column(String(9))]
Name = Annotated[str, mapped_column(String(200))]
Line = Annotated[str, mapped_column(String(300))]
Key = Annotated[str, mapped_column(by_code_point(400), index=True)]
Paragraph = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(UTCDateTime)]
Created = Annotated[datetime, mapped_column(UTCDateTime, default=clock.now)]
Day = Annotated[date, mapped_column(Date)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
JsonList = Annotated[list[Any], mapped_column(JSON)]
UserRef = Annotated[int, mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)]
