"""Loading the demo: an invented cluster with eighty companies, so that a newcomer sees the product alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crm.companies import queries as companies
from crm.demo import belongings, cast, content, story

_MADE_BY_ROUNDS = {"suggestions", "introductions"}


def is_loaded(session: Session) -> bool:
    """Whether the invented companies, or what is left of them, are here."""
    return bool(companies.by_orgnrs(session, content.numbers()))


def load_demo(session: Session, *, now: datetime, owner_id: int | None = None) -> dict[str, int]:
    """Load the demo where it is not loaded; how many rows are new, by table.

    A third of the leads goes to ``owner_id``, so that the one who looks has something of their own to do.
    """
    before = belongings.counts(session)
    if not is_loaded(session):
        story.tell(cast.gather(session, now=now, owner_id=owner_id))
        session.flush()
    after = belongings.counts(session)
    return {table: after[table] - before[table] for table in after if table not in _MADE_BY_ROUNDS}
