"""Questions about leads whose time has come: gone quiet, waking up, due for contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload

from crm.companies.models import RESTING, Company, Lead, Stage
from crm.storage.plans import Unindexed

COUNTED, _FIRST = 10_000, 6
_ON_THE_ROAD = [stage for stage in Stage if stage not in RESTING | {Stage.ESTABLISHED, Stage.IDENTIFIED}]


def gone_quiet(owner_id: int | None, *, before: datetime) -> Select[Company]:
    """Leads on the road that nobody has spoken with since a moment, the longest silence first."""
    quiet = _of(select(Company), owner_id).where(*_is_quiet(before))
    eager = contains_eager(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.last_contact_by))
    return quiet.options(eager).order_by(Lead.last_contact_at.asc().nulls_first(), Lead.id)


def count_quiet(session: Session, owner_id: int | None, *, before: datetime) -> int:
    """How many have gone quiet, counted up to one more than ten thousand."""
    return session.scalar(counted_quiet(owner_id, before=before)) or 0


def counted_quiet(owner_id: int | None, *, before: datetime) -> Select[int]:
    """The question of how many have gone quiet, to be asked with others."""
    never = and_(Lead.last_contact_at.is_(None), Lead.created_at < before)
    ways = [
        select(Lead.id).where(Lead.stage.in_(_ON_THE_ROAD), silent).limit(COUNTED + 1)
        for silent in (Lead.last_contact_at < before, never)
    ]
    if owner_id:
        ways = [way.where(Lead.owner_id == owner_id) for way in ways]
    found = union_all(*(select(way.subquery().c.id) for way in ways)).limit(COUNTED + 1)
    return select(func.count()).select_from(found.subquery())


@dataclass(frozen=True, slots=True)
class Due:
    """The first leads of each sort whose time has come."""

    quiet: Sequence[Company]
    waking: Sequence[Company]
    contact: Sequence[Company]


def first_due(
    session: Session, owner_id: int | None, *, quiet_before: datetime, today: date, until: date
) -> Due:
    """The first gone quiet, waking up today and due for contact by a day, in one question."""
    asked = {
        "quiet": gone_quiet(owner_id, before=quiet_before),
        "waking": waking(owner_id, on=today),
        "contact": contact_due(owner_id, on=until),
    }
    firsts = [
        select(literal(sort).label("sort"), rows.with_only_columns(Company.id).limit(_FIRST).subquery().c.id)
        for sort, rows in asked.items()
    ]
    tagged = union_all(*firsts).subquery()
    eager = contains_eager(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.last_contact_by))
    rows = select(tagged.c.sort, Company).join(Company, Company.id == tagged.c.id).join(Company.lead)
    held = [(sort, company) for sort, company in session.execute(rows.options(eager)).unique()]
    found = {name: [company for sort, company in held if sort == name] for name in asked}
    return Due(
        sorted(found["quiet"], key=_silence),
        sorted(found["waking"], key=lambda one: (one.lead.wake_on, one.id)),  # type: ignore[union-attr]
        sorted(found["contact"], key=lambda one: (one.lead.contact_due_on, one.sort_key)),  # type: ignore[union-attr]
    )


def _silence(company: Company) -> tuple[bool, float, int]:
    """Those never spoken with first, then the longest silence."""
    lead = company.lead
    at = lead.last_contact_at if lead else None
    return at is not None, at.timestamp() if at else 0.0, lead.id if lead else 0


def _is_quiet(before: datetime) -> tuple[ColumnElement[bool], ...]:
    never = and_(Lead.last_contact_at.is_(None), Lead.created_at < before)
    return Unindexed(Lead.stage).in_(_ON_THE_ROAD), or_(Lead.last_contact_at < before, never)


def waking(owner_id: int | None = None, *, on: date) -> Select[Company]:
    """Parked and lost leads whose day has come; one person's, or everybody's."""
    asleep = _of(select(Company), owner_id).where(Unindexed(Lead.stage).in_(RESTING), Lead.wake_on <= on)
    return asleep.options(contains_eager(Company.lead).joinedload(Lead.owner)).order_by(Lead.wake_on)


def contact_due(owner_id: int | None = None, *, on: date) -> Select[Company]:
    """Leads whose rhythm says that they be spoken with by a day; one person's, or everybody's."""
    due = _of(select(Company), owner_id).where(Lead.contact_due_on <= on)
    eager = contains_eager(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.last_contact_by))
    return due.options(eager).order_by(Lead.contact_due_on, Company.sort_key)


def _of(chosen: Select[Company], owner_id: int | None) -> Select[Company]:
    """The companies we follow; one person's, or everybody's."""
    followed = chosen.join(Company.lead)
    return followed.where(Lead.owner_id == owner_id) if owner_id else followed
