"""Acts on code tables."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from crm.codes import starter
from crm.codes.models import IndustryCode, IndustrySuccessor, Municipality


def ensure_starter(session: Session) -> None:
    """Fill empty tables with our small starting set."""
    if not session.scalar(select(func.count()).select_from(Municipality)):
        session.execute(insert(Municipality), [place._asdict() for place in starter.municipalities()])
    if not session.scalar(select(func.count()).select_from(IndustryCode)):
        divisions = [
            {"standard": "SN2025", "code": code, "name_nb": name, "name_en": ""}
            for code, name in starter.DIVISIONS.items()
        ]
        session.execute(insert(IndustryCode), divisions)
    if not session.scalar(select(func.count()).select_from(IndustrySuccessor)):
        pairs = [{"sn2007": old, "sn2025": new} for old, new in starter.SUCCESSORS.items()]
        session.execute(insert(IndustrySuccessor), pairs)
