"""Tables of own fields and of their values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, JsonList, Line, Moment, Paragraph, by_code_point, choice

Value = str | float | date
"""What a field holds of a record: text and choice as text, a number, or a day."""


class Subject(StrEnum):
    """The kinds of record that may have own fields."""

    COMPANY = "company"
    CONTACT = "contact"
    NEED = "need"


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class OwnField(Versioned, Base):
    """A field of a kind of record; ``code`` names it to programs and in addresses and never changes."""

    __tablename__ = "own_fields"
    __table_args__ = (UniqueConstraint("subject", "code"),)

    id: Mapped[Id]
    subject: Mapped[Subject] = mapped_column(choice(Subject))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    help: Mapped[Line] = mapped_column(default="")
    kind: Mapped[FieldKind] = mapped_column(choice(FieldKind))
    choices: Mapped[JsonList] = mapped_column(default=list)
    matching: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[Moment | None]
    created_at: Mapped[Created]

    @property
    def input_name(self) -> str:
        """What the field is called where it is typed in."""
        return f"own-{self.code}"


class OwnValue(Base):
    """What a field holds of one record; ``text_key`` is the text folded, to be found by."""

    __tablename__ = "own_values"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN company_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN contact_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN need_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_record",
        ),
        UniqueConstraint("company_id", "field_id"),
        UniqueConstraint("contact_id", "field_id"),
        UniqueConstraint("need_id", "field_id"),
        Index("ix_own_values_field_id_text_key", "field_id", "text_key"),
        Index("ix_own_values_field_id_number", "field_id", "number"),
        Index("ix_own_values_field_id_day", "field_id", "day"),
    )

    id: Mapped[Id]
    field_id: Mapped[int] = mapped_column(ForeignKey("own_fields.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    text: Mapped[Paragraph | None]
    text_key: Mapped[str | None] = mapped_column(by_code_point(400))
    number: Mapped[float | None]
    day: Mapped[Day | None]
    field: Mapped[OwnField] = relationship(lazy="raise")

    @property
    def value(self) -> Value | None:
        if self.number is not None:
            return self.number
        return self.day if self.day is not None else self.text
