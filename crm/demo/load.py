"""Loading the demo: an invented cluster with eighty companies, so that a newcomer sees the product alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crm import clock
from crm.companies import queries as companies
from crm.demo import belongings, cast, content, story
from crm.matches import operations as matches
from crm.registry import queries as registry


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
    return {table: after - before[table] for table, after in belongings.counts(session).items()}


def first_start(session: Session, *, now: datetime, owner_id: int) -> bool:
    """Fill a new installation with the demo and ask for the week's round; whether there was anything to do."""
    if companies.any_company(session) or registry.count_units(session):
        return False
    load_demo(session, now=now, owner_id=owner_id)
    matches.request_run(session, clock.iso_week(now), actor_id=owner_id, now=now)
    return True
