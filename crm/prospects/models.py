"""The table of units nobody wants to be shown again."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.storage.base import Base
from crm.storage.columns import Created


class SetAside(Base):
    """A unit that is not to be proposed, for good or until somebody brings it back."""

    __tablename__ = "prospects_set_aside"

    orgnr: Mapped[str] = mapped_column(String(9), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[Created]
