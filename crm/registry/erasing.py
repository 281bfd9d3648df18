"""Erasing what the register has removed on legal grounds, wherever the mirror holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crm.registry.models import SubUnit, Unit


def erase(session: Session, numbers: list[str]) -> int:
    """Erase units the register has removed on legal grounds, and their workplaces; how many were ours."""
    gone = session.execute(delete(Unit).where(Unit.orgnr.in_(numbers)))
    places = session.execute(delete(SubUnit).where(SubUnit.orgnr.in_(numbers) | SubUnit.parent.in_(numbers)))
    return _touched(gone) + _touched(places)


def _touched(result: Any) -> int:
    return int(result.rowcount)
