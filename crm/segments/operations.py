"""Acts on segments."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.segments import starter
from crm.segments.models import Segment, SegmentIndustry, Strength


def ensure_starter(session: Session) -> int:
    """Give an installation without segments the first ones; returns how many were made."""
    if session.scalar(select(func.count()).select_from(Segment)):
        return 0
    for position, (code, nb, nn, en, colour) in enumerate(starter.SEGMENTS):
        segment = Segment(code=code, name_nb=nb, name_nn=nn, name_en=en, position=position, colour=colour)
        segment.industries = _industries(code)
        session.add(segment)
    session.flush()
    return len(starter.SEGMENTS)


def _industries(code: str) -> list[SegmentIndustry]:
    core = starter.CORE[code].split()
    adjacent = [prefix for prefix in starter.ADJACENT[code].split() if prefix not in core]
    listed = [(prefix, Strength.CORE) for prefix in core] + [
        (prefix, Strength.ADJACENT) for prefix in adjacent
    ]
    return [SegmentIndustry(prefix=prefix, strength=strength) for prefix, strength in listed]
