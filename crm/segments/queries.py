"""Questions about segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from crm.errors import InvalidInput
from crm.segments.models import Segment, SegmentIndustry


def segments() -> Select[Segment]:
    """All segments in the order the programme lists them."""
    return select(Segment).order_by(Segment.position, Segment.code)


def by_codes(session: Session, codes: Iterable[str]) -> list[Segment]:
    """The segments with these codes; InvalidInput for one that does not exist."""
    wanted = set(codes)
    found = session.scalars(segments().where(Segment.code.in_(wanted))).all() if wanted else []
    for missing in sorted(wanted - {segment.code for segment in found}):
        raise InvalidInput("Satsingsområdet «%(code)s» finnes ikke.", field="segments", code=missing[:40])
    return list(found)


def industry_prefixes(session: Session) -> dict[str, frozenset[str]]:
    """Every listed beginning of an SN2025 code, with the codes of the segments it belongs to."""
    rows = session.execute(
        select(SegmentIndustry.prefix, Segment.code).join(Segment, Segment.id == SegmentIndustry.segment_id)
    )
    found: dict[str, set[str]] = {}
    for prefix, code in rows:
        found.setdefault(prefix, set()).add(code)
    return {prefix: frozenset(codes) for prefix, codes in found.items()}


def segments_of_industries(prefixes: dict[str, frozenset[str]], codes: Sequence[str]) -> frozenset[str]:
    """The segments that industry codes point to, by the beginnings they share."""
    pointed: set[str] = set()
    for code in codes:
        for length in range(2, len(code) + 1):
            pointed |= prefixes.get(code[:length], frozenset())
    return frozenset(pointed)


def with_industries() -> Select[Segment]:
    """All segments with the industries listed for them."""
    return segments().options(selectinload(Segment.industries))
