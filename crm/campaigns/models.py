"""Tables of static lists and of the companies on them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Id, Key, Line, Moment, Name, UserRef

campaign_companies = Table(
    "campaign_companies",
    Base.metadata,
    Column("campaign_id", Integer, ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("company_id", Integer, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_campaign_companies_company_id_campaign_id", "company_id", "campaign_id"),
)


class Campaign(Versioned, Base):
    """A list of companies somebody has put together, open to the whole team."""

    __tablename__ = "campaigns"

    id: Mapped[Id]
    owner_id: Mapped[UserRef]
    name: Mapped[Name]
    name_key: Mapped[Key]
    purpose: Mapped[Line] = mapped_column(default="")
    closed_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    owner: Mapped[User] = relationship(lazy="raise")
