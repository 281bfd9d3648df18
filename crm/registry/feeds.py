"""The register's feeds of changes, and how far each has been followed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from crm.errors import Conflict
from crm.registry.models import FeedPosition

Kind = Literal["units", "subunits"]
Feed = Literal["enheter", "underenheter"]
FEEDS: dict[Kind, Feed] = {"units": "enheter", "subunits": "underenheter"}
FARTHEST_BEHIND = timedelta(days=90)


def positions(session: Session) -> dict[str, FeedPosition]:
    """Where we are in each feed that is followed: those of which a whole file has been loaded."""
    return {found.register: found for found in session.scalars(select(FeedPosition))}


def start_from(session: Session, register: Feed, since: datetime) -> None:
    """Read a feed anew from a moment, after a file of that moment was loaded.

    A file too old to follow on from does not take us back from where we are.
    """
    known = session.get(FeedPosition, register)
    if known is None:
        session.add(FeedPosition(register=register, since=since, last_id=None, read_at=None))
    elif since >= known.since or known.since - since < FARTHEST_BEHIND:
        known.since, known.last_id, known.read_at = since, None, None


def refuse_if_far_behind(position: FeedPosition, *, now: datetime) -> None:
    """Conflict where so much has happened since that a new file is quicker, and kinder to the register."""
    behind = now - max(filter(None, (position.since, position.read_at)))
    if behind > FARTHEST_BEHIND:
        raise Conflict(
            "Kopien av registeret er %(days)s dager gammel. Last inn en ny fil med hele registeret først.",
            days=behind.days,
        )


def move_to(session: Session, register: Feed, last_id: int, *, since: datetime) -> None:
    """Everything up to an entry told at a moment is taken in; a slower reader does not take us back."""
    behind = or_(FeedPosition.last_id.is_(None), FeedPosition.last_id < last_id)
    moved = update(FeedPosition).where(FeedPosition.register == register, behind)
    session.execute(
        moved.values(last_id=last_id, since=since), execution_options={"synchronize_session": False}
    )


def read_to_end(session: Session, register: Feed, *, now: datetime) -> None:
    """The feed has been read to its end, which is as fresh as the mirror can be."""
    read = update(FeedPosition).where(FeedPosition.register == register)
    session.execute(read.values(read_at=now), execution_options={"synchronize_session": False})
