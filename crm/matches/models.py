"""Tables of match runs, suggestions, verdicts and introductions."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.partners.models import Need
from crm.storage.base import Base, Versioned
from crm.storage.columns import Created, Day, Id, Json, JsonList, Line, Moment, Paragraph, UserRef, choice

SUGGESTED = "Forslag"
"""Where a lead comes from that the yes to a suggestion made."""


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MatchRun(Base):
    """One round, at most one an ISO week; or, where ``need_id`` is set, a search for that need alone.

    ``claim`` is the fencing number of the worker that holds it.
    """

    __tablename__ = "match_runs"
    __table_args__ = (
        Index(
            "uq_match_runs_week_of_round",
            "week",
            unique=True,
            sqlite_where=text("need_id IS NULL"),
            postgresql_where=text("need_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    week: Mapped[str] = mapped_column(String(8))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), index=True)
    state: Mapped[RunState] = mapped_column(choice(RunState), default=RunState.WAITING, index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    claim: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    step: Mapped[Line] = mapped_column(default="")
    percent: Mapped[int] = mapped_column(default=0)
    companies: Mapped[int] = mapped_column(default=0)
    needs: Mapped[int] = mapped_column(default=0)
    suggestions: Mapped[int] = mapped_column(default=0)
    parameters: Mapped[Json] = mapped_column(default=dict)
    message: Mapped[Paragraph] = mapped_column(default="")


class Answer(StrEnum):
    YES = "yes"
    NOT_NOW = "not_now"
    NO = "no"


class Suggestion(Versioned, Base):
    """A company for a need in one run, with why, why not, and what was answered.

    ``control`` marks the pairs drawn by lot; no page tells which they are before they are answered.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("run_id", "need_id", "company_id"),
        Index("ix_suggestions_need_id_company_id", "need_id", "company_id"),
        Index("ix_suggestions_company_id_answer", "company_id", "answer"),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    rank: Mapped[int]
    score: Mapped[float]
    probability: Mapped[float]
    reasons: Mapped[JsonList]
    against: Mapped[Json]
    parts: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    control: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer: Mapped[Answer | None] = mapped_column(choice(Answer))
    answered_at: Mapped[Moment | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    answer_reason: Mapped[Line] = mapped_column(default="")
    snoozed_until: Mapped[Day | None]
    run: Mapped[MatchRun] = relationship(lazy="raise")
    need: Mapped[Need] = relationship(lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")
    answered_by: Mapped[User | None] = relationship(lazy="raise")


class IntroductionState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    MET = "met"
    DECLINED = "declined"


ONGOING = frozenset({IntroductionState.PROPOSED, IntroductionState.AGREED})
STEPS: dict[IntroductionState, frozenset[IntroductionState]] = {
    IntroductionState.PROPOSED: frozenset({IntroductionState.AGREED, IntroductionState.DECLINED}),
    IntroductionState.AGREED: frozenset(
        {IntroductionState.PROPOSED, IntroductionState.MET, IntroductionState.DECLINED}
    ),
    IntroductionState.MET: frozenset({IntroductionState.AGREED, IntroductionState.DECLINED}),
    IntroductionState.DECLINED: frozenset({IntroductionState.PROPOSED}),
}


class Introduction(Versioned, Base):
    """A company and a partner's need brought together; one a pair."""

    __tablename__ = "introductions"
    __table_args__ = (UniqueConstraint("need_id", "company_id"),)

    id: Mapped[Id]
    suggestion_id: Mapped[int | None] = mapped_column(
        ForeignKey("suggestions.id", ondelete="SET NULL"), index=True
    )
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    state: Mapped[IntroductionState] = mapped_column(
        choice(IntroductionState), default=IntroductionState.PROPOSED, index=True
    )
    state_since: Mapped[Moment]
    opened_by_id: Mapped[UserRef]
    outcome: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    need: Mapped[Need] = relationship(lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")
    opened_by: Mapped[User] = relationship(lazy="raise")
