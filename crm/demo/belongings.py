"""What belongs to the demo: its own rows, and whatever hangs on a row of its own.

Each rule holds for as long as the rows it looks at stand, so the tables are listed children first.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from crm.accounts.models import AccessLink, User, UserSession
from crm.activities.models import Activity, FollowUp
from crm.companies.models import Company, Lead
from crm.contacts.models import CompanyRole, Contact
from crm.history.models import Entry
from crm.matches.models import Introduction, MatchRun, Suggestion
from crm.partners.models import Need, Offer, Partner, PartnerRole
from crm.registry.models import Unit
from crm.storage.base import Base

_COMPANIES = select(Company.id).where(Company.demo)
_PARTNERS = select(Partner.id).where(Partner.demo)
_CONTACTS = select(Contact.id).where(Contact.demo)
_NEED = or_(Need.demo, Need.partner_id.in_(_PARTNERS))
_PAIR = (select(Need.id).where(_NEED), _COMPANIES)

RULES: dict[type[Base], ColumnElement[bool]] = {
    Suggestion: or_(Suggestion.need_id.in_(_PAIR[0]), Suggestion.company_id.in_(_PAIR[1])),
    Introduction: or_(Introduction.need_id.in_(_PAIR[0]), Introduction.company_id.in_(_PAIR[1])),
    FollowUp: or_(FollowUp.demo, FollowUp.company_id.in_(_COMPANIES), FollowUp.partner_id.in_(_PARTNERS)),
    Activity: or_(Activity.demo, Activity.company_id.in_(_COMPANIES), Activity.partner_id.in_(_PARTNERS)),
    Offer: or_(Offer.demo, Offer.company_id.in_(_COMPANIES), Offer.partner_id.in_(_PARTNERS)),
    CompanyRole: or_(CompanyRole.contact_id.in_(_CONTACTS), CompanyRole.company_id.in_(_COMPANIES)),
    PartnerRole: or_(PartnerRole.contact_id.in_(_CONTACTS), PartnerRole.partner_id.in_(_PARTNERS)),
    Need: _NEED,
    Lead: Lead.company_id.in_(_COMPANIES),
    Contact: Contact.demo.is_(True),
    Partner: Partner.demo.is_(True),
    Company: Company.demo.is_(True),
}
Wanted = dict[str, tuple[type[Base], ColumnElement[bool]]]
_SHOWN: tuple[type[Base], ...] = (
    Company,
    Lead,
    Contact,
    Partner,
    Need,
    Offer,
    Activity,
    FollowUp,
    Suggestion,
    Introduction,
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a removal takes: all of it by table, and what people here have added to it themselves."""

    rows: dict[str, int]
    ours: dict[str, int]
    stranded: int
    """People of our own who lose their only place; they stay."""


def counts(session: Session) -> dict[str, int]:
    """How many rows of each table belong to the demo."""
    wanted: Wanted = {"users": (User, User.demo.is_(True))}
    wanted |= {model.__tablename__: (model, RULES[model]) for model in _SHOWN}
    return _count(session, wanted)


def preview(session: Session) -> Preview:
    """What would go, told before anybody presses."""
    flagged = (Activity, FollowUp, Need, Offer)
    ours: Wanted = {model.__tablename__: (model, and_(RULES[model], ~model.demo)) for model in flagged}
    stranded = _count(session, {"contacts": (Contact, _stranded())})
    return Preview(rows=counts(session), ours=_count(session, ours), stranded=stranded["contacts"])


def _count(session: Session, wanted: Wanted) -> dict[str, int]:
    """How many rows of each table a rule holds for, in one statement."""
    counted = [
        select(func.count()).select_from(model).where(rule).scalar_subquery()
        for model, rule in wanted.values()
    ]
    return dict(zip(wanted, session.execute(select(*counted)).one(), strict=True))


@dataclass(frozen=True, slots=True)
class Own:
    """Whether there is anything here beside the demo: companies, needs, and a round's suggestions."""

    companies: bool
    needs: bool
    suggestions: bool


def own(session: Session) -> Own:
    """How far an installation has come on its own."""
    kinds = (
        exists().where(Lead.company_id == Company.id, ~Company.demo)
        | exists().where(Unit.orgnr.is_not(None)),
        exists().where(Need.id.is_not(None), ~RULES[Need]),
        exists().where(Suggestion.id.is_not(None), ~RULES[Suggestion]),
    )
    return Own(*session.execute(select(*kinds)).one())


def _stranded() -> ColumnElement[bool]:
    """People of our own with places in the demo alone."""
    at_company, at_partner = CompanyRole.contact_id == Contact.id, PartnerRole.contact_id == Contact.id
    inside = exists().where(at_company, RULES[CompanyRole]) | exists().where(at_partner, RULES[PartnerRole])
    outside = exists().where(at_company, ~RULES[CompanyRole]) | exists().where(
        at_partner, ~RULES[PartnerRole]
    )
    return and_(~Contact.demo, inside, ~outside)


def runs_of_demo_alone(session: Session) -> list[int]:
    """Rounds with suggestions, all of which belong to the demo."""
    doomed = RULES[Suggestion]
    has = exists().where(Suggestion.run_id == MatchRun.id)
    keeps = exists().where(Suggestion.run_id == MatchRun.id, ~doomed)
    return list(session.scalars(select(MatchRun.id).where(has, ~keeps)))


def free_users() -> ColumnElement[bool]:
    """Invented colleagues whom nothing that stays refers to."""
    return and_(User.demo, ~or_(false(), *(exists(held) for held in _holding_a_user())))


def _holding_a_user() -> list[Select[int]]:
    """For every reference to a user in any table: the rows that refer to the one asked about."""
    own = {model.__tablename__ for model in (AccessLink, UserSession, Entry)}
    return [
        select(key.parent).where(key.parent == User.id).correlate(User.__table__)
        for table in Base.metadata.sorted_tables
        if table.name not in own
        for key in table.foreign_keys
        if key.column.table is User.__table__
    ]
