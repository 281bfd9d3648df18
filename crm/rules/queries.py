"""Questions about the week's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from crm.errors import NotFound
from crm.partners.models import Need
from crm.rules.models import PairKind, PairRule, WeekCapacity, WeekRuleSet


def rule_set(session: Session) -> WeekRuleSet | None:
    """The rules as somebody set them, with who did; None while they are the usual ones."""
    asked = select(WeekRuleSet).options(joinedload(WeekRuleSet.changed_by)).order_by(WeekRuleSet.id).limit(1)
    return session.scalars(asked).first()


@dataclass(frozen=True, slots=True)
class Capacities:
    """The most suggestions a week of partners and developers that have a limit of their own, by id."""

    partners: dict[int, int]
    developers: dict[int, int]


def capacities(session: Session) -> Capacities:
    rows = session.scalars(select(WeekCapacity)).all()
    return Capacities(
        partners={row.partner_id: row.most for row in rows if row.partner_id is not None},
        developers={row.user_id: row.most for row in rows if row.user_id is not None},
    )


def capacity_of(session: Session, *, partner_id: int | None, user_id: int | None) -> WeekCapacity | None:
    """The limit of one partner or one developer."""
    mine = WeekCapacity.partner_id == partner_id if partner_id else WeekCapacity.user_id == user_id
    return session.scalars(select(WeekCapacity).where(mine)).first()


def pair_rules() -> Select[PairRule]:
    """Every rule about a pair, newest first, with both sides and who made it."""
    return (
        select(PairRule)
        .options(
            joinedload(PairRule.need).joinedload(Need.partner),
            joinedload(PairRule.partner),
            joinedload(PairRule.company),
            joinedload(PairRule.created_by),
        )
        .order_by(PairRule.created_at.desc(), PairRule.id.desc())
    )


def get_pair_rule(session: Session, rule_id: int) -> PairRule:
    found = session.scalars(pair_rules().where(PairRule.id == rule_id)).first()
    if found is None:
        raise NotFound("Fant ikke regelen. Den kan være fjernet.")
    return found


def find_pair_rule(
    session: Session, company_id: int, *, need_id: int | None, partner_id: int | None
) -> PairRule | None:
    """The rule about a company and a need, or a company and a partner."""
    side = PairRule.need_id == need_id if need_id else PairRule.partner_id == partner_id
    return session.scalars(select(PairRule).where(PairRule.company_id == company_id, side)).first()


class Pair(NamedTuple):
    need_id: int
    company_id: int


def pairs(session: Session, kind: PairKind) -> set[Pair]:
    """Every need and company a rule of a kind is about; a partner's rule is about each of its needs."""
    of_need = select(PairRule.need_id, PairRule.company_id).where(
        PairRule.kind == kind, PairRule.need_id.is_not(None)
    )
    of_partner = (
        select(Need.id, PairRule.company_id)
        .join(Need, Need.partner_id == PairRule.partner_id)
        .where(PairRule.kind == kind)
    )
    rows = [*session.execute(of_need), *session.execute(of_partner)]
    return {Pair(need, company) for need, company in rows if need is not None}


def is_never(company_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a company shall never be suggested for the need of the surrounding question."""
    same = or_(PairRule.need_id == Need.id, PairRule.partner_id == Need.partner_id)
    ruled = and_(PairRule.kind == PairKind.NEVER, PairRule.company_id == company_id, same)
    return exists().where(ruled)
