"""The first start: an empty program gets the demo, and asks for the week's round."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.companies.models import Company
from crm.demo import load
from crm.matches import operations as matches
from crm.registry import queries as registry


def first_start(session: Session, owner_id: int, *, now: datetime) -> bool:
    """Fill an empty program, so that a newcomer sees it alive; True when it was the first start."""
    known = session.scalar(select(func.count()).select_from(Company)) or registry.count_units(session)
    if known:
        return False
    load.load_demo(session, now=now, owner_id=owner_id)
    matches.request_run(session, clock.iso_week(now), actor_id=owner_id, now=now)
    return True
