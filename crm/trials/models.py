"""The table of trials."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.storage.base import Base
from crm.storage.columns import Created, Id, Json, Moment, Paragraph, choice


class TrialKind(StrEnum):
    WHAT_IF = "what_if"
    BACK_TEST = "back_test"


class TrialState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Trial(Base):
    """What somebody wanted to see of the model, and what came out; nothing else is changed by it.

    ``asked`` holds the weights in percent of the usual ones, and for a need its number, title and text.
    """

    __tablename__ = "trials"

    id: Mapped[Id]
    kind: Mapped[TrialKind] = mapped_column(choice(TrialKind))
    state: Mapped[TrialState] = mapped_column(choice(TrialState), default=TrialState.WAITING, index=True)
    asked: Mapped[Json]
    found: Mapped[Json] = mapped_column(default=dict)
    message: Mapped[Paragraph] = mapped_column(default="")
    claim: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Moment | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]
    finished_at: Mapped[Moment | None]
    asked_by: Mapped[User | None] = relationship(lazy="raise")
