"""Lists of companies as pages: how many fit, up to a limit, and the rows of one screen in order.

Where more fit than anybody counts, the rows of a screen are found by walking an index in the order asked for
and leaving out what does not fit; where few do, they are looked up and sorted. Both take a few milliseconds
among a hundred thousand companies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from crm.companies.conditions import Op
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Lead, Stage
from crm.companies.rules import OF_COMPANY, Rules

COUNTED = 10_000
"""Lists are counted so far; more is «more than»."""
_OFTEN = 100_000
"""Of so many companies a list is thought to be a part, when it is weighed whether to walk or to sort."""


@dataclass(frozen=True, slots=True)
class Term:
    """One value a list is ordered by; ``of`` reads it off a company."""

    column: Any
    of: Callable[[Company], Any]
    descending: bool = False

    @property
    def ordering(self) -> ColumnElement[Any]:
        return self.column.desc() if self.descending else self.column.asc()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an order that one index gives as it stands."""

    rule: ColumnElement[bool]
    holds: Callable[[Company], bool]
    terms: tuple[Term, ...]
    stage: Stage | None = None
    leads: bool = False
    """Whether the index is one of leads; else it is one of companies."""


_NAME = (Term(Company.sort_key, lambda one: one.sort_key), Term(Company.id, lambda one: one.id))
_LEAD = Term(Lead.id, lambda one: one.lead.id)  # type: ignore[union-attr]
_UNFOLLOWED = Stretch(Lead.id.is_(None), lambda one: one.lead is None, _NAME)


def _at(stage: Stage) -> Stretch:
    return Stretch(
        Lead.stage == stage,
        lambda one: one.lead is not None and one.lead.stage is stage,
        (Term(Lead.board_key, lambda one: one.lead.board_key), _LEAD),  # type: ignore[union-attr]
        stage=stage,
        leads=True,
    )


_ORDERS: dict[str, tuple[Stretch, ...]] = {
    "name": (Stretch(true(), lambda _one: True, _NAME),),
    "newest": (
        Stretch(
            true(),
            lambda _one: True,
            (
                Term(Company.created_at, lambda one: one.created_at, descending=True),
                Term(Company.id, lambda one: one.id, descending=True),
            ),
        ),
    ),
    "municipality": (
        Stretch(
            Company.municipality.is_not(None),
            lambda one: one.municipality is not None,
            (Term(Company.municipality, lambda one: one.municipality), *_NAME),
        ),
        Stretch(Company.municipality.is_(None), lambda one: one.municipality is None, _NAME),
    ),
    "employees": (
        Stretch(
            Company.employees.is_not(None),
            lambda one: one.employees is not None,
            (Term(Company.employees, lambda one: one.employees, descending=True), *_NAME),
        ),
        Stretch(Company.employees.is_(None), lambda one: one.employees is None, _NAME),
    ),
    "last_contact": (
        Stretch(
            Lead.last_contact_at.is_(None),
            lambda one: one.lead is not None and one.lead.last_contact_at is None,
            (_LEAD,),
            leads=True,
        ),
        Stretch(
            Lead.last_contact_at.is_not(None),
            lambda one: one.lead is not None,
            (Term(Lead.last_contact_at, lambda one: one.lead.last_contact_at), _LEAD),  # type: ignore[union-attr]
            leads=True,
        ),
        _UNFOLLOWED,
    ),
    "stage": (*(_at(stage) for stage in Stage), _UNFOLLOWED),
}


def companies(wanted: CompanyFilter) -> Select[Company]:
    """The companies a filter asks for, in its order, ready for a page of rows."""
    return (
        _joined(select(Company), wanted)
        .where(*Rules().of(wanted))
        .options(*_shown())
        .order_by(*_order(wanted.sort))
    )


def count_up_to(session: Session, wanted: CompanyFilter, most: int = COUNTED) -> int:
    """How many companies fit, counted up to one more than ``most``."""
    plain = wanted.q or wanted.municipality or wanted.nace
    if wanted.followed and not plain and not any(one.field in OF_COMPANY for one in wanted.where):
        fitting = select(Lead.company_id).where(*Rules(key=Lead.company_id).of(wanted)).limit(most + 1)
    else:
        fitting = _joined(select(Company.id), wanted).where(*Rules().of(wanted)).limit(most + 1)
    return session.scalar(select(func.count()).select_from(fitting.subquery())) or 0


def screen(
    session: Session, wanted: CompanyFilter, *, fitting: int, start: int, size: int, after: int | None = None
) -> Sequence[Company]:
    """The rows of one screen: ``size`` from place ``start``, or those below the company ``after``."""
    last = session.get(Company, after, options=[joinedload(Company.lead)]) if after else None
    if last is None and not _worth_walking(fitting, start + size):
        ids = _joined(select(Company.id), wanted).where(*Rules().of(wanted))
        return _rows(session, wanted, ids.order_by(*_order(wanted.sort)).limit(size).offset(start))
    stretches = _stretches(wanted)
    end = size if last else start + size
    parts = [found for one in stretches if (found := _walk(wanted, one, stretches, last)) is not None]
    walked = [select(part.limit(end).subquery().c.id) for part in parts]
    whole = walked[0] if len(walked) == 1 else union_all(*walked)
    return _rows(session, wanted, whole.limit(size).offset(0 if last else start))


def _worth_walking(fitting: int, end: int) -> bool:
    """Whether walking to the last row of a screen reads fewer rows than sorting all that fit."""
    return fitting > COUNTED or end * _OFTEN < fitting * fitting


def _rows(
    session: Session, wanted: CompanyFilter, ids: Select[Any] | CompoundSelect[Any]
) -> Sequence[Company]:
    """The companies of some numbers as a page shows them, in the order of the list."""
    rows = select(Company).outerjoin(Company.lead).where(Company.id.in_(select(ids.subquery().c.id)))
    return session.scalars(rows.options(*_shown()).order_by(*_order(wanted.sort))).unique().all()


def _stretches(wanted: CompanyFilter) -> list[Stretch]:
    """The stretches of an order that may hold companies that fit."""
    order = _ORDERS.get(wanted.sort, _ORDERS["name"])
    kept = [one for one in order if one is not _UNFOLLOWED or not wanted.followed]
    if wanted.sort != "stage":
        return kept
    chosen = set(Stage) if not wanted.stage else {wanted.stage}
    for one in wanted.where if not wanted.any_of else ():
        if one.field == "stage":
            chosen = {stage for stage in chosen if (stage in one.values) is (one.op is Op.IS)}
    return [one for one in kept if one.stage is None or one.stage in chosen]


def _walk(
    wanted: CompanyFilter, stretch: Stretch, order: list[Stretch], last: Company | None
) -> Select[int] | None:
    """The numbers of the companies of a stretch that fit, below the last one; None for a stretch above it."""
    below: ColumnElement[bool] = true()
    if last is not None:
        own = next((one for one in order if one.holds(last)), None)
        if own is not None and order.index(stretch) < order.index(own):
            return None
        below = _below(stretch.terms, last) if stretch is own else true()
    if stretch.leads:
        start = select(Company.id).select_from(Lead).join(Lead.company)
    else:
        start = _joined(select(Company.id), wanted)
    fitting = start.where(stretch.rule, below, *Rules(walking=True).of(wanted))
    return fitting.order_by(*(term.ordering for term in stretch.terms))


def _below(terms: tuple[Term, ...], last: Company) -> ColumnElement[bool]:
    """Rows after the last one in an order; the first term is bound apart, so that its index begins there."""
    values = [term.of(last) for term in terms]
    if not any(term.descending for term in terms):
        return tuple_(*(term.column for term in terms)) > tuple_(*values)
    steps = []
    for place, term in enumerate(terms):
        same = [earlier.column == values[at] for at, earlier in enumerate(terms[:place])]
        further = term.column < values[place] if term.descending else term.column > values[place]
        steps.append(and_(*same, further))
    bound = terms[0].column <= values[0] if terms[0].descending else terms[0].column >= values[0]
    return and_(bound, or_(*steps))


def _order(sort: str) -> tuple[Any, ...]:
    """The whole order of a list in one piece."""
    whole: dict[str, tuple[Any, ...]] = {
        "newest": (Company.created_at.desc(), Company.id.desc()),
        "municipality": (Company.municipality.asc().nulls_last(), Company.sort_key, Company.id),
        "employees": (Company.employees.desc().nulls_last(), Company.sort_key, Company.id),
        "last_contact": (
            case((Lead.id.is_(None), 1), else_=0),
            Lead.last_contact_at.asc().nulls_first(),
            Lead.id,
            Company.sort_key,
            Company.id,
        ),
        "stage": (_STAGES, Lead.board_key, Lead.id, Company.sort_key, Company.id),
    }
    return whole.get(sort, (Company.sort_key, Company.id))


_STAGES = case({stage.value: place for place, stage in enumerate(Stage)}, value=Lead.stage, else_=99)


def _joined(chosen: Select[Any], wanted: CompanyFilter) -> Select[Any]:
    return chosen.join(Company.lead, isouter=not wanted.followed)


def _shown() -> tuple[Any, ...]:
    return (
        contains_eager(Company.lead).options(
            joinedload(Lead.owner), joinedload(Lead.last_contact_by), selectinload(Lead.segments)
        ),
    )
