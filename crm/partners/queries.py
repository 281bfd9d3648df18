"""Questions about partners, needs and offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from crm.errors import NotFound
from crm.partners.models import Need, Offer, Partner, PartnerRole
from crm.segments.models import Segment
from crm.spelling import fold


def get_partner(session: Session, partner_id: int) -> Partner:
    """A partner with its needs and people; NotFound when there is none."""
    found = session.scalars(
        select(Partner)
        .where(Partner.id == partner_id)
        .options(
            selectinload(Partner.needs).selectinload(Need.segments),
            selectinload(Partner.roles).joinedload(PartnerRole.contact),
        )
    ).first()
    if found is None:
        raise NotFound("Fant ikke partneren. Den kan være slettet.")
    return found


def partners(q: str = "") -> Select[Partner]:
    """Partners by name, with their needs."""
    chosen = select(Partner).options(selectinload(Partner.needs))
    for word in fold(q).split()[:8]:
        chosen = chosen.where(Partner.name_key.contains(word, autoescape=True))
    return chosen.order_by(Partner.sort_key, Partner.id)


def search(session: Session, text: str, *, limit: int = 5) -> Sequence[Partner]:
    """The partners a typed text may mean."""
    return session.scalars(partners(text).limit(limit)).all() if len(text.strip()) >= 2 else []


def get_need(session: Session, need_id: int) -> Need:
    """A need with partner, segments and contact; NotFound when there is none."""
    found = session.scalars(
        select(Need)
        .where(Need.id == need_id)
        .options(joinedload(Need.partner), selectinload(Need.segments), joinedload(Need.contact))
    ).first()
    if found is None:
        raise NotFound("Fant ikke behovet. Det kan være slettet.")
    return found


def needs(
    *, today: date, q: str = "", segment: str = "", partner: int | None = None, all_of: bool = False
) -> Select[Need]:
    """Needs with their partner and segments; only the open ones unless ``all_of``."""
    chosen = select(Need).join(Need.partner).where(_wanted(today, q=q, segment=segment, all_of=all_of))
    if partner:
        chosen = chosen.where(Need.partner_id == partner)
    eager = (contains_eager(Need.partner), selectinload(Need.segments), joinedload(Need.contact))
    return chosen.options(*eager).order_by(Partner.sort_key, Need.sort_key, Need.id)


def _wanted(today: date, *, q: str, segment: str, all_of: bool) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = [true()]
    if not all_of:
        rules.append(is_open(today))
    if segment:
        rules.append(Need.segments.any(Segment.code == segment))
    if q.strip():
        words = fold(q).split()[:8]
        rules.append(
            or_(
                and_(*(Partner.name_key.contains(word, autoescape=True) for word in words)),
                func.lower(Need.title).contains(q.strip().lower(), autoescape=True),
                func.lower(Need.text).contains(q.strip().lower(), autoescape=True),
            )
        )
    return and_(*rules)


def is_open(today: date) -> ColumnElement[bool]:
    """Whether a need is still to be met."""
    return and_(Need.closed.is_(False), or_(Need.valid_until.is_(None), Need.valid_until >= today))


def offers_of_company(company_id: int) -> Select[Offer]:
    return select(Offer).where(Offer.company_id == company_id).order_by(Offer.created_at.desc(), Offer.id)


def offers_of_partner(partner_id: int) -> Select[Offer]:
    return select(Offer).where(Offer.partner_id == partner_id).order_by(Offer.created_at.desc(), Offer.id)


def get_offer(session: Session, offer_id: int) -> Offer:
    found = session.get(Offer, offer_id)
    if found is None:
        raise NotFound("Fant ikke tilbudet. Det kan være slettet.")
    return found


def offer_texts(session: Session) -> dict[int, str]:
    """What each company offers, as one text, for the round."""
    found: dict[int, str] = {}
    for offer in session.scalars(select(Offer).where(Offer.company_id.is_not(None)).order_by(Offer.id)):
        if offer.company_id is not None:
            said = f"{offer.title}. {offer.text}".strip()
            found[offer.company_id] = f"{found.get(offer.company_id, '')} {said}".strip()
    return found
