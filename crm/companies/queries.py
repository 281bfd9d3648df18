"""Questions about companies and leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from crm.accounts.models import User
from crm.codes.models import Municipality
from crm.companies.drafts import BoardFilter, CompanyFilter
from crm.companies.models import RESTING, Company, Lead, Stage, lead_segments
from crm.errors import NotFound
from crm.segments.models import Segment
from crm.spelling import fold, search_words, sort_key
from crm.storage import finding

_CANDIDATES = 400
_PLACE = (Lead.board_key, Lead.id)

_STAGE_ORDER = case({stage.value: place for place, stage in enumerate(Stage)}, value=Lead.stage, else_=99)
_ORDER: dict[str, tuple[ColumnElement[Any] | Any, ...]] = {
    "name": (Company.sort_key,),
    "stage": (_STAGE_ORDER, Company.sort_key),
    "last_contact": (Lead.last_contact_at.asc().nulls_first(), Company.sort_key),
    "municipality": (Company.municipality.asc().nulls_last(), Company.sort_key),
    "employees": (Company.employees.desc().nulls_last(), Company.sort_key),
    "newest": (Company.created_at.desc(), Company.id.desc()),
}


def get_company(session: Session, company_id: int) -> Company:
    """A company with its lead, owner and segments; NotFound when there is none."""
    found = session.scalars(select(Company).where(Company.id == company_id).options(*_with_lead())).first()
    if found is None:
        raise NotFound("Fant ikke virksomheten. Den kan være slettet.")
    return found


def get_lead(session: Session, company_id: int) -> Lead:
    """The lead of a company; NotFound when we do not follow it."""
    company = get_company(session, company_id)
    lead = company.lead
    if lead is None:
        raise NotFound("Vi følger ikke denne virksomheten. Trykk «Følg» først.")
    set_committed_value(lead, "company", company)
    return lead


def find_by_orgnr(session: Session, orgnr: str) -> Company | None:
    found = select(Company).where(Company.orgnr == orgnr).options(*_with_lead())
    return session.scalars(found).first()


def companies(wanted: CompanyFilter) -> Select[Company]:
    """The companies a filter asks for, in its order, ready for a page of rows."""
    chosen = _narrow(select(Company), wanted).options(
        contains_eager(Company.lead).options(
            joinedload(Lead.owner), joinedload(Lead.last_contact_by), selectinload(Lead.segments)
        )
    )
    return chosen.order_by(*_ORDER.get(wanted.sort, _ORDER["name"]), Company.id)


def count_companies(session: Session, wanted: CompanyFilter) -> int:
    return session.scalar(_narrow(select(func.count(Company.id)), wanted)) or 0


def _with_lead() -> tuple[Any, ...]:
    return (
        joinedload(Company.lead).options(
            joinedload(Lead.owner), joinedload(Lead.last_contact_by), selectinload(Lead.segments)
        ),
    )


def _narrow(chosen: Select[Any], wanted: CompanyFilter) -> Select[Any]:
    chosen = chosen.join(Company.lead, isouter=not wanted.followed)
    rules = [
        Lead.stage == wanted.stage if wanted.stage else None,
        Lead.owner_id == wanted.owner if wanted.owner else None,
        Lead.id.in_(_in_segment(wanted.segment)) if wanted.segment else None,
        Company.municipality_no == wanted.municipality if wanted.municipality else None,
        Company.industry.startswith(wanted.nace, autoescape=True) if wanted.nace else None,
        _matches_text(wanted.q) if wanted.q else None,
    ]
    return chosen.where(*(rule for rule in rules if rule is not None))


def _in_segment(code: str) -> Select[int]:
    """The leads of a segment, read off one index."""
    segment = select(Segment.id).where(Segment.code == code).scalar_subquery()
    return select(lead_segments.c.lead_id).where(lead_segments.c.segment_id == segment)


def _matches_text(text: str) -> ColumnElement[bool]:
    """Whether a company is known by what was typed: name, number, phone, e-mail or domain."""
    known_by = (
        Company.name_key,
        Company.orgnr,
        func.lower(Company.home_page),
        func.lower(Company.email),
        finding.digits_of(Company.phone),
    )
    return finding.holds("find_companies", Company.id, known_by, search_words(text))


def search(session: Session, text: str, *, limit: int = 8, first: Collection[int] = ()) -> Sequence[Company]:
    """Companies of ours a typed text may mean: ``first`` the named ones, followed ones, shorter names.

    A text that fits more companies than anybody reads is ranked among some hundreds of them.
    """
    if len(text.strip()) < 2:
        return []
    words = search_words(text)
    candidates = finding.beginning(Company.id, Company.name_key, fold(text), at_most=_CANDIDATES // 5)
    if finding.is_indexed(words):
        holding = select(Company.id).where(_matches_text(text)).limit(_CANDIDATES)
        candidates = or_(candidates, Company.id.in_(holding))
    order = (
        Company.id.not_in(first),
        Lead.id.is_(None),
        finding.closeness(Company.name_key, words),
        func.length(Company.name_key),
        Company.sort_key,
        Company.id,
    )
    found = select(Company).outerjoin(Company.lead).where(candidates).options(contains_eager(Company.lead))
    return session.scalars(found.order_by(*order).limit(limit)).unique().all()


def by_ids(ids: Collection[int]) -> Select[Company]:
    """Some companies with their leads, owners and segments, by name."""
    return select(Company).where(Company.id.in_(ids)).options(*_with_lead()).order_by(Company.sort_key)


def by_orgnrs(session: Session, numbers: Collection[str]) -> dict[str, Company]:
    """Those of our companies that carry one of these numbers."""
    found = select(Company).where(Company.orgnr.in_(numbers)).options(joinedload(Company.lead))
    return {company.orgnr: company for company in session.scalars(found) if company.orgnr}


def followed() -> Select[Company]:
    """Every company we follow, for the round."""
    return (
        select(Company)
        .join(Company.lead)
        .options(contains_eager(Company.lead).selectinload(Lead.segments))
        .order_by(Company.id)
    )


def gone_quiet(owner_id: int | None, *, before: datetime) -> Select[Company]:
    """Leads on the road that nobody has spoken with since a moment, the longest silence first."""
    quiet = _narrow(select(Company), CompanyFilter(owner=owner_id)).where(*_is_quiet(before))
    eager = contains_eager(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.last_contact_by))
    return quiet.options(eager).order_by(Lead.last_contact_at.asc().nulls_first(), Company.sort_key)


def count_quiet(session: Session, owner_id: int | None, *, before: datetime) -> int:
    counted = _narrow(select(func.count(Company.id)), CompanyFilter(owner=owner_id))
    return session.scalar(counted.where(*_is_quiet(before))) or 0


def _is_quiet(before: datetime) -> tuple[ColumnElement[bool], ...]:
    on_the_road = Lead.stage.not_in([*RESTING, Stage.ESTABLISHED, Stage.IDENTIFIED])
    return on_the_road, func.coalesce(Lead.last_contact_at, Lead.created_at) < before


def waking(owner_id: int | None = None, *, on: date) -> Select[Company]:
    """Parked and lost leads whose day has come; one person's, or everybody's."""
    asleep = _narrow(select(Company), CompanyFilter(owner=owner_id))
    asleep = asleep.where(Lead.stage.in_(RESTING), Lead.wake_on <= on)
    return asleep.options(contains_eager(Company.lead).joinedload(Lead.owner)).order_by(Lead.wake_on)


def contact_due(owner_id: int | None = None, *, on: date) -> Select[Company]:
    """Leads whose rhythm says that they be spoken with by a day; one person's, or everybody's."""
    due = _narrow(select(Company), CompanyFilter(owner=owner_id)).where(Lead.contact_due_on <= on)
    eager = contains_eager(Company.lead).options(joinedload(Lead.owner), joinedload(Lead.last_contact_by))
    return due.options(eager).order_by(Lead.contact_due_on, Company.sort_key)


def stage_counts(session: Session, owner_id: int | None = None) -> dict[Stage, int]:
    """How many leads stand at each stage."""
    counted = select(Lead.stage, func.count()).group_by(Lead.stage)
    if owner_id:
        counted = counted.where(Lead.owner_id == owner_id)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {stage: found.get(stage, 0) for stage in Stage}


def board_counts(session: Session, wanted: BoardFilter) -> dict[Stage, int]:
    """How many leads stand in each column of a board, shown or not."""
    counted = select(Lead.stage, func.count()).where(*_on_board(wanted)).group_by(Lead.stage)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {stage: found.get(stage, 0) for stage in Stage}


def board_leads(wanted: BoardFilter, *, each: int) -> Select[Lead]:
    """The first leads of every column, ``each`` of them and one more where there are more."""
    tops = [
        select(Lead.id).where(Lead.stage == stage, *_on_board(wanted)).order_by(*_PLACE).limit(each + 1)
        for stage in Stage
    ]
    shown = union_all(*(select(top.subquery().c.id) for top in tops))
    return select(Lead).where(Lead.id.in_(shown)).options(*_card()).order_by(*_PLACE)


def board_column(wanted: BoardFilter, stage: Stage, *, after: tuple[str, int]) -> Select[Lead]:
    """The leads of a column below one, given as its key and id."""
    below = tuple_(Lead.board_key, Lead.id) > after
    chosen = select(Lead).where(Lead.stage == stage, below, *_on_board(wanted))
    return chosen.options(*_card()).order_by(*_PLACE)


def board_keys(session: Session, company_ids: Collection[int]) -> dict[int, str]:
    """The places of the leads of some companies."""
    found = session.scalars(select(Lead).where(Lead.company_id.in_(company_ids)))
    return {lead.company_id: lead.board_key for lead in found}


def _on_board(wanted: BoardFilter) -> list[ColumnElement[bool]]:
    rules = [Lead.owner_id == wanted.owner] if wanted.owner else []
    return rules + ([Lead.id.in_(_in_segment(wanted.segment))] if wanted.segment else [])


def _card() -> tuple[Any, ...]:
    return (joinedload(Lead.company), joinedload(Lead.owner), selectinload(Lead.segments))


def owners_and_municipalities(session: Session) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    """Who may own a lead and where our companies lie, number and name of each, in one question."""
    inhabited = exists().where(Company.municipality_no == Municipality.number)
    towns = select(Municipality.number, Municipality.name, literal(0).label("person"))
    people = select(cast(User.id, String), User.name, literal(1)).where(User.active)
    rows = session.execute(union_all(towns.where(inhabited), people)).all()
    by_name = sorted(rows, key=lambda row: sort_key(row[1]))
    owners = [(int(number), name) for number, name, person in by_name if person]
    return owners, [(number, name) for number, name, person in by_name if not person]


def known() -> Select[Company]:
    """Every company of ours with its lead and segments, for the round."""
    eager = contains_eager(Company.lead).selectinload(Lead.segments)
    return select(Company).outerjoin(Company.lead).options(eager).order_by(Company.id)


def state(session: Session) -> tuple[int, int, int, int]:
    """Four figures that differ whenever a company or a lead was added, changed or taken away."""
    sums = (func.count(), func.coalesce(func.sum(Company.version), 0))
    ours = session.execute(select(*sums).select_from(Company)).one()
    followed = (func.count(), func.coalesce(func.sum(Lead.version), 0))
    leads = session.execute(select(*followed).select_from(Lead)).one()
    return ours[0], int(ours[1]), leads[0], int(leads[1])


def existing(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the ids that are still companies of ours."""
    return set(session.scalars(select(Company.id).where(Company.id.in_(ids))))


def owners(session: Session) -> dict[int, int]:
    """Who is responsible for each company that somebody is responsible for."""
    held = select(Lead.company_id, Lead.owner_id).where(Lead.owner_id.is_not(None))
    return {company: owner for company, owner in session.execute(held) if owner is not None}


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The names of some companies."""
    asked = select(Company.id, Company.name).where(Company.id.in_(ids))
    return dict(session.execute(asked).all())
