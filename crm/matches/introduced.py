"""Questions about introductions: partners and companies that have been brought together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm.errors import NotFound
from crm.matches.models import Introduction, IntroductionState
from crm.partners.models import Need


def get_introduction(session: Session, introduction_id: int) -> Introduction:
    themes = joinedload(Introduction.need).selectinload(Need.segments)
    asked = introductions().where(Introduction.id == introduction_id).options(themes)
    found = session.scalars(asked).first()
    if found is None:
        raise NotFound("Fant ikke koblingen. Den kan være slettet.")
    return found


def introductions(
    states: Collection[IntroductionState] = (), *, opened_by: int | None = None
) -> Select[Introduction]:
    """Introductions, newest first, with both sides."""
    chosen = select(Introduction).options(
        joinedload(Introduction.need).options(joinedload(Need.partner), joinedload(Need.contact)),
        joinedload(Introduction.company),
        joinedload(Introduction.opened_by),
    )
    chosen = chosen.where(*_introduced(states, opened_by))
    return chosen.order_by(Introduction.created_at.desc(), Introduction.id.desc())


def count_introductions(
    session: Session, states: Collection[IntroductionState] = (), *, opened_by: int | None = None
) -> int:
    return session.scalar(counted_introductions(states, opened_by=opened_by)) or 0


def counted_introductions(
    states: Collection[IntroductionState] = (), *, opened_by: int | None = None
) -> Select[int]:
    """The question of how many there are, to be asked with others."""
    return select(func.count(Introduction.id)).where(*_introduced(states, opened_by))


def _introduced(
    states: Collection[IntroductionState], opened_by: int | None
) -> Iterator[ColumnElement[bool]]:
    if states:
        yield Introduction.state.in_(states)
    if opened_by:
        yield Introduction.opened_by_id == opened_by


def find_introduction(session: Session, need_id: int, company_id: int) -> Introduction | None:
    pair = (Introduction.need_id == need_id, Introduction.company_id == company_id)
    return session.scalars(introductions().where(*pair)).first()
