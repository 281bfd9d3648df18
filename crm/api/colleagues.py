"""Colleagues, whom records belong to."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm.accounts import queries
from crm.accounts.models import User
from crm.errors import InvalidInput


def colleague(session: Session, user_id: int | None, *, field: str = "owner_id") -> int | None:
    """A colleague's number, None for nobody's; InvalidInput where there is no such colleague."""
    if user_id is None:
        return None
    if session.scalar(queries.colleagues().where(User.id == user_id)) is None:
        raise InvalidInput("Fant ingen kollega med dette nummeret.", field=field)
    return user_id
