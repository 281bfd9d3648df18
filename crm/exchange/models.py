"""Tables of spreadsheets taken in: the file, what each of its rows comes to, and what was written for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.storage.base import Base
from crm.storage.columns import Created, Id, Json, JsonList, Line, Moment, choice


class ImportState(StrEnum):
    """Where a file stands. Nothing reaches companies or persons before ``APPLYING``."""

    RECEIVED = "received"
    READING = "reading"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


AT_WORK = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


class Verdict(StrEnum):
    """What a row comes to. A duplicate waits for an answer; a rejected one must be put right."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Answer(StrEnum):
    """What somebody said of a possible duplicate."""

    NONE = ""
    SAME = "same"
    OTHER = "other"
    SKIP = "skip"


class ExportState(StrEnum):
    """Where a list on its way out stands; its parts are offered once it is ``DONE``."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Export(Base):
    """A list too long to wait for: what was asked for, in whose words, and how far it has come.

    ``given`` is the filter as in an address, ``columns`` their names, ``said`` the words, the title and what
    the sheet tells about itself. A worker holds it by its ``claim``, as an import.
    """

    __tablename__ = "exports"

    id: Mapped[Id]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    form: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[Line]
    given: Mapped[Json]
    columns: Mapped[JsonList]
    said: Mapped[Json]
    purpose: Mapped[Line] = mapped_column(default="")
    state: Mapped[ExportState] = mapped_column(choice(ExportState), default=ExportState.WAITING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[Moment | None]
    created_at: Mapped[Created] = mapped_column(index=True)


class ExportPart(Base):
    """A piece of a finished file, at most a megabyte, in order."""

    __tablename__ = "export_parts"

    export_id: Mapped[int] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Import(Base):
    """One file: how it is read, what its columns are, what was chosen, and how far it has come.

    ``reading``, ``columns`` and ``choices`` are what the pages of an import ask for; ``counts`` the verdicts.
    A worker holds an import by its ``claim``; one that has fallen silent is overtaken.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_state_claimed_at", "state", "claimed_at"),)

    id: Mapped[Id]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[Line]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    header_key: Mapped[str] = mapped_column(String(64), index=True, default="")
    state: Mapped[ImportState] = mapped_column(choice(ImportState), default=ImportState.RECEIVED)
    reading: Mapped[Json] = mapped_column(default=dict)
    header: Mapped[JsonList] = mapped_column(default=list)
    columns: Mapped[JsonList] = mapped_column(default=list)
    choices: Mapped[Json] = mapped_column(default=dict)
    counts: Mapped[Json] = mapped_column(default=dict)
    message: Mapped[str] = mapped_column(Text, default="")
    message_values: Mapped[Json] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    applied_at: Mapped[Moment | None]
    undone_at: Mapped[Moment | None]
    by: Mapped[User | None] = relationship(lazy="raise")


class ImportFile(Base):
    """The bytes of a file, kept until it is applied, so that it can be read again in another way."""

    __tablename__ = "import_files"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """A row of a file: its cells, the verdict, what would be written, and what was (None before).

    ``plan`` says what to write; ``remarks`` what is wrong or worth knowing; ``written`` what was written and
    not taken back, in order.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_import_id_number", "import_id", "number", unique=True),
        Index("ix_import_rows_import_id_verdict_number", "import_id", "verdict", "number"),
    )

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    line: Mapped[int | None]
    cells: Mapped[JsonList]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    answer: Mapped[Answer] = mapped_column(choice(Answer), default=Answer.NONE)
    company_key: Mapped[str] = mapped_column(String(330), default="")
    company_id: Mapped[int | None]
    plan: Mapped[Json] = mapped_column(default=dict)
    remarks: Mapped[JsonList] = mapped_column(default=list)
    written: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
