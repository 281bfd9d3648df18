"""Taking a file in as a page or a command would, and looking at what came of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.companies.models import Company, Lead
from crm.exchange import operations, queries
from crm.exchange.drafts import choices_draft, columns_draft
from crm.exchange.models import Import, ImportRow, ImportState
from crm.jobs import import_run
from crm.storage.engines import Database

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# Everything people see; the rest is about the import itself.
LIVE = ("companies", "leads", "lead_segments", "contacts", "company_roles", "activities", "follow_ups")


def table(*rows: str) -> bytes:
    return "\r\n".join(rows).encode()


def judged(database: Database, content: bytes, **choices: Any) -> int:
    """The file, read and judged; the import's id."""
    with database.Write() as session:
        user = session.scalar(select(User).where(User.email == "dev@example.org"))
        found = operations.receive(session, user.id if user else None, "liste.csv", content, now=NOW)
        columns = choices.pop("columns", found.columns)
        fields = columns_draft(columns, len(found.header))
        asked = {"source": "messe", "purpose": "oppfølging"} | choices
        operations.request_verdicts(session, found, fields, choices_draft(fields, **asked))
        session.commit()
        import_id = found.id
    import_run.run(database, import_id, now=lambda: NOW)
    return import_id


def applied(database: Database, content: bytes, **choices: Any) -> int:
    """The file, judged and written."""
    import_id = judged(database, content, **choices)
    apply(database, import_id)
    return import_id


def apply(database: Database, import_id: int) -> None:
    with database.Write() as session:
        operations.request_applying(session, None, session.get_one(Import, import_id))
        session.commit()
    import_run.run(database, import_id, now=lambda: NOW)


def undo(database: Database, import_id: int) -> None:
    with database.Write() as session:
        operations.request_undoing(session, None, session.get_one(Import, import_id))
        session.commit()
    import_run.run(database, import_id, now=lambda: NOW)


def state(database: Database, import_id: int) -> ImportState:
    with database.Read() as session:
        return session.get_one(Import, import_id).state


def counts(database: Database, import_id: int) -> dict[str, int]:
    """How many rows of each verdict, without those there are none of."""
    with database.Read() as session:
        return {name: count for name, count in queries.verdict_counts(session, import_id).items() if count}


def rows(database: Database, import_id: int) -> Sequence[ImportRow]:
    with database.Read() as session:
        return session.scalars(queries.rows(import_id)).all()


def said(database: Database, import_id: int) -> dict[int, list[tuple[str, int | None]]]:
    """What is said of each row: code and column."""
    return {
        row.number: [(one["code"], one["column"]) for one in row.remarks]
        for row in rows(database, import_id)
        if row.remarks
    }


def company(database: Database, name: str) -> Company:
    eager = joinedload(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.segments))
    with database.Read() as session:
        return session.scalars(select(Company).where(Company.name == name).options(eager)).unique().one()


def live(database: Database) -> dict[str, str]:
    """A hash of every table people see, whatever its versions and moments of change."""
    found: dict[str, str] = {}
    with database.Read() as session:
        for name in LIVE:
            lines = session.execute(text(f"SELECT * FROM {name}")).mappings().all()  # noqa: S608  (our own names)
            plain = sorted(
                json.dumps({k: v for k, v in line.items() if k != "version"}, default=str) for line in lines
            )
            found[name] = hashlib.sha256("\n".join(plain).encode()).hexdigest()
    return found


def size(database: Database) -> dict[str, int]:
    with database.Read() as session:
        return {
            name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608  (our own names)
            for name in LIVE
        }
