"""Questions about companies and leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Select,
    String,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from crm.accounts.models import User
from crm.campaigns.models import Campaign
from crm.codes.models import Municipality
from crm.companies import lists
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Lead
from crm.companies.rules import Rules
from crm.errors import NotFound
from crm.fields.models import OwnField, Subject
from crm.spelling import fold, search_words, sort_key
from crm.storage import finding

_CANDIDATES = 400


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
    return lists.companies(wanted)


def _with_lead() -> tuple[Any, ...]:
    return (
        joinedload(Company.lead).options(
            joinedload(Lead.owner), joinedload(Lead.last_contact_by), selectinload(Lead.segments)
        ),
    )


def search(session: Session, text: str, *, limit: int = 8, first: Collection[int] = ()) -> Sequence[Company]:
    """Companies of ours a typed text may mean: ``first`` the named ones, followed ones, shorter names.

    A text that fits more companies than anybody reads is ranked among some hundreds of them.
    """
    if len(text.strip()) < 2:
        return []
    words = search_words(text)
    candidates = finding.beginning(Company.id, Company.name_key, fold(text), at_most=_CANDIDATES // 5)
    if finding.is_indexed(words):
        holding = select(Company.id).where(Rules().text(text)).limit(_CANDIDATES)
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


class Chosen(StrEnum):
    """What lists let one choose among."""

    TOWN = "town"
    OWNER = "owner"
    OWN = "own"
    LIST = "list"


def to_choose(session: Session) -> dict[Chosen, list[tuple[str, str]]]:
    """Where our companies lie, who may own a lead, a company's own fields and the static lists, by name.

    Number or code and name of each, in one question.
    """
    inhabited = exists().where(Company.municipality_no == Municipality.number)
    own = (OwnField.subject == Subject.COMPANY, OwnField.retired_at.is_(None))
    asked = (
        select(Municipality.number, Municipality.name, literal(Chosen.TOWN.value)).where(inhabited),
        select(cast(User.id, String), User.name, literal(Chosen.OWNER.value)).where(User.active),
        select(OwnField.code, OwnField.name, literal(Chosen.OWN.value)).where(*own),
        select(cast(Campaign.id, String), Campaign.name, literal(Chosen.LIST.value)),
    )
    found: dict[Chosen, list[tuple[str, str]]] = {kind: [] for kind in Chosen}
    for key, name, kind in sorted(session.execute(union_all(*asked)), key=lambda row: sort_key(row[1])):
        found[Chosen(kind)].append((key, name))
    return found


def sources(session: Session, *, most: int = 60) -> Sequence[str]:
    """Where our leads are from, each once."""
    found = select(Lead.source).where(Lead.source != "").distinct().order_by(Lead.source).limit(most)
    return session.scalars(found).all()


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
