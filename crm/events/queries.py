"""Questions about register events."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from crm.companies.models import Company, Lead
from crm.errors import NotFound
from crm.events.models import Event

T = TypeVar("T")


def get_event(session: Session, event_id: int) -> Event:
    """An event with its company and lead; NotFound when there is none."""
    whose = joinedload(Event.company).joinedload(Company.lead).joinedload(Lead.owner)
    event = session.scalars(select(Event).where(Event.id == event_id).options(whose)).first()
    if event is None:
        raise NotFound("Fant ikke hendelsen. Den kan være slettet.")
    return event


def of_company(company_id: int) -> Select[Event]:
    """All that was told about a company, newest first."""
    told = select(Event).where(Event.company_id == company_id)
    return told.order_by(Event.happened_on.desc(), Event.id.desc())


def open_events(owner_id: int | None = None) -> Select[Event]:
    """What nobody has seen to, on one person's leads or on everybody's, newest first."""
    told = _open(select(Event), owner_id)
    eager = contains_eager(Event.company).contains_eager(Company.lead).joinedload(Lead.owner)
    return told.options(eager).order_by(Event.happened_on.desc(), Event.id.desc())


def count_open(session: Session, owner_id: int | None = None) -> int:
    return session.scalar(counted_open(owner_id)) or 0


def counted_open(owner_id: int | None = None) -> Select[int]:
    """The question of how many are open, to be asked with others."""
    return _open(select(func.count(Event.id)), owner_id)


def _open(chosen: Select[T], owner_id: int | None) -> Select[T]:
    chosen = chosen.join(Event.company).join(Company.lead).where(Event.settled_at.is_(None))
    return chosen.where(Lead.owner_id == owner_id) if owner_id else chosen
