"""Acts on prospects."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crm.errors import NotFound
from crm.prospects.models import SetAside
from crm.registry.models import Unit


def set_aside(session: Session, actor_id: int, orgnr: str, *, now: datetime) -> Unit:
    """Never propose a unit again; twice is once. NotFound where the mirror has none of that number."""
    unit = unit_of(session, orgnr)
    if session.get(SetAside, orgnr) is None:
        session.add(SetAside(orgnr=orgnr, by_id=actor_id, at=now))
    return unit


def bring_back(session: Session, orgnr: str) -> Unit:
    """Let a unit be proposed again."""
    unit = unit_of(session, orgnr)
    if aside := session.get(SetAside, orgnr):
        session.delete(aside)
    return unit


def forget(session: Session, numbers: Collection[str]) -> None:
    """Erase what was said of units the register has removed."""
    session.execute(
        delete(SetAside).where(SetAside.orgnr.in_(numbers)),
        execution_options={"synchronize_session": False},
    )


def unit_of(session: Session, orgnr: str) -> Unit:
    """The unit of a number; NotFound where the mirror has none."""
    found = session.get(Unit, orgnr)
    if found is None:
        raise NotFound("Ingen enhet i vår kopi av registeret har dette nummeret.")
    return found
