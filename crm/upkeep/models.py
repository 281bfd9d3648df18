"""Tables of upkeep: the processes that are at work, and the backups made by night."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.storage.base import Base
from crm.storage.columns import Line, Moment, Paragraph, choice


class Duty(StrEnum):
    """What a process does."""

    WEB = "web"
    WORKER = "worker"


class Process(Base):
    """A process of ours, by machine and number; ``swept_at`` is when a worker last had nothing left to do."""

    __tablename__ = "processes"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    duty: Mapped[Duty] = mapped_column(choice(Duty))
    started_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    swept_at: Mapped[Moment | None]


class BackupState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Backup(Base):
    """The backup of one night; the unique night settles which worker makes it."""

    __tablename__ = "backups"

    night: Mapped[date] = mapped_column(Date, primary_key=True)
    state: Mapped[BackupState] = mapped_column(choice(BackupState))
    tries: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    file: Mapped[Line] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")
    message: Mapped[Paragraph] = mapped_column(default="")
