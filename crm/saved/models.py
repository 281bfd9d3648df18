"""Tables of saved views and of who has pinned them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Id, Json, JsonList, Key, Name, UserRef

pinned_views = Table(
    "pinned_views",
    Base.metadata,
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("view_id", Integer, ForeignKey("saved_views.id", ondelete="CASCADE"), primary_key=True),
)


class SavedView(Versioned, Base):
    """A list of companies as somebody set it up: ``given`` is its filter and order, as in an address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("owner_id", "name_key"),)

    id: Mapped[Id]
    owner_id: Mapped[UserRef]
    name: Mapped[Name]
    name_key: Mapped[Key]
    shared: Mapped[bool] = mapped_column(default=False, index=True)
    given: Mapped[Json]
    columns: Mapped[JsonList]
    created_at: Mapped[Created]
    owner: Mapped[User] = relationship(lazy="raise")
