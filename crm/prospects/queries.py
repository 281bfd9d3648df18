"""Questions about prospects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from crm.companies.models import Company, Lead
from crm.prospects.drafts import COMPANY_FORMS, SPANS, Order, ProspectFilter, Size
from crm.prospects.models import SetAside
from crm.registry.models import SubUnit, Unit, is_living

_MOST_COUNTED = 10_000
_EMPLOYEES = func.coalesce(Unit.employees, -1)


def prospects(session: Session, wanted: ProspectFilter, *, limit: int) -> Sequence[Unit]:
    """Units that are no leads, alive and wanted, after the last one seen, in the filter's order."""
    rows = _narrow(select(Unit), wanted)
    if wanted.after and (last := session.get(Unit, wanted.after)):
        rows = rows.where(_comes_after(wanted, last))
    return session.scalars(rows.order_by(*_ordering(wanted)).limit(limit)).all()


def count_prospects(session: Session, wanted: ProspectFilter) -> int:
    """How many there are, counted up to ten thousand."""
    some = _narrow(select(Unit.orgnr), wanted).limit(_MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def industries_in_use(session: Session) -> list[str]:
    """Every SN2025 code that a unit has, read off the index by leaping from one to the next."""
    first = select(func.min(Unit.industry_2025).label("code")).cte("codes", recursive=True)
    following = select(func.min(Unit.industry_2025)).where(Unit.industry_2025 > first.c.code)
    codes = first.union_all(select(following.scalar_subquery()).where(first.c.code.is_not(None)))
    return [code for code in session.scalars(select(codes.c.code)) if code]


def already_in(session: Session, numbers: Collection[str], municipality_no: str) -> dict[str, str | None]:
    """Those of the units with an open workplace in a municipality, and its address."""
    here = select(SubUnit.parent, SubUnit.address).where(
        SubUnit.parent.in_(numbers),
        SubUnit.municipality_no == municipality_no,
        SubUnit.closed_on.is_(None),
    )
    return {row[0]: row[1] for row in session.execute(here)}


def set_aside() -> Select[Unit]:
    """The units put aside, latest first."""
    gone = select(Unit).join(SetAside, SetAside.orgnr == Unit.orgnr)
    return gone.order_by(SetAside.at.desc(), Unit.orgnr)


def count_set_aside(session: Session) -> int:
    counted = select(func.count()).select_from(SetAside).join(Unit, Unit.orgnr == SetAside.orgnr)
    return session.scalar(counted) or 0


def _narrow(chosen: Select[Any], wanted: ProspectFilter) -> Select[Any]:
    led = exists().where(Company.orgnr == Unit.orgnr, Lead.company_id == Company.id)
    aside = exists().where(SetAside.orgnr == Unit.orgnr)
    rules = [
        is_living(),
        Unit.industry_2025.in_(sorted(wanted.industries)),
        _lies_in(wanted.municipalities),
        Unit.form.in_(sorted(COMPANY_FORMS)) if wanted.companies_only else None,
        Unit.registered_on >= wanted.registered_since if wanted.registered_since else None,
        _of_size(wanted.size),
        ~led,
        ~aside,
    ]
    return chosen.where(*(rule for rule in rules if rule is not None))


def _lies_in(municipalities: Collection[str] | None) -> ColumnElement[bool] | None:
    return None if municipalities is None else Unit.municipality_no.in_(sorted(municipalities))


def _of_size(size: Size) -> ColumnElement[bool] | None:
    if size is Size.ANY:
        return None
    if size is Size.UNKNOWN:
        return or_(Unit.employees.is_(None), Unit.employees < 5)
    least, most = SPANS[size]
    return and_(Unit.employees >= least, Unit.employees <= most) if most else Unit.employees >= least


def _ordering(wanted: ProspectFilter) -> tuple[Any, ...]:
    if wanted.order is Order.NEWEST:
        return Unit.registered_on.desc().nulls_last(), Unit.orgnr
    if wanted.order is Order.NAME:
        return Unit.name_key, Unit.orgnr
    fit = (_beside(wanted),) if wanted.order is Order.FIT else ()
    return *fit, _EMPLOYEES.desc(), Unit.orgnr


def _beside(wanted: ProspectFilter) -> ColumnElement[int]:
    """0 for an industry that a segment is about, 1 for one that lies beside it."""
    return case((Unit.industry_2025.in_(sorted(wanted.core)), 0), else_=1)


def _comes_after(wanted: ProspectFilter, last: Unit) -> ColumnElement[bool]:
    """What stands below a unit in a list's order; equals stand by their numbers."""
    below = Unit.orgnr > last.orgnr
    if wanted.order is Order.NEWEST:
        since = last.registered_on
        if since is None:
            return and_(Unit.registered_on.is_(None), below)
        same = and_(Unit.registered_on == since, below)
        return or_(Unit.registered_on < since, Unit.registered_on.is_(None), same)
    if wanted.order is Order.NAME:
        return or_(Unit.name_key > last.name_key, and_(Unit.name_key == last.name_key, below))
    size = literal(-1 if last.employees is None else last.employees)
    smaller = or_(size > _EMPLOYEES, and_(size == _EMPLOYEES, below))
    if wanted.order is Order.SIZE:
        return smaller
    fit = literal(0 if last.industry_2025 in wanted.core else 1)
    return or_(_beside(wanted) > fit, and_(_beside(wanted) == fit, smaller))
