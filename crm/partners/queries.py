"""Questions about partners, needs and offers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from crm.errors import NotFound
from crm.partners.models import Need, Offer, Partner, PartnerRole
from crm.segments.models import Segment
from crm.spelling import fold, sort_key, tidy

Owner = TypeVar("Owner", int, str)


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
    """Partners by name, with their people."""
    people = selectinload(Partner.roles).joinedload(PartnerRole.contact)
    return select(Partner).where(_named(q)).options(people).order_by(Partner.sort_key, Partner.id)


def count_partners(session: Session, q: str = "") -> int:
    return session.scalar(select(func.count(Partner.id)).where(_named(q))) or 0


def _named(q: str) -> ColumnElement[bool]:
    words = fold(q).split()[:8]
    return and_(true(), *(Partner.name_key.contains(word, autoescape=True) for word in words))


def partner_names(session: Session) -> list[tuple[int, str]]:
    """Every partner's number and name, for a choice."""
    rows = session.execute(select(Partner.id, Partner.name).order_by(Partner.sort_key, Partner.id))
    return [(number, name) for number, name in rows]


def open_need_counts(session: Session, partner_ids: Collection[int], *, today: date) -> dict[int, int]:
    """How many needs each partner still has to be met, in one question."""
    counted = select(Need.partner_id, func.count()).where(Need.partner_id.in_(partner_ids), is_open(today))
    return {row[0]: row[1] for row in session.execute(counted.group_by(Need.partner_id))}


def roles_of_contacts(session: Session, contact_ids: Collection[int]) -> dict[int, list[PartnerRole]]:
    """What people do at partners, person by person, in one question."""
    found: dict[int, list[PartnerRole]] = {}
    held = select(PartnerRole).join(PartnerRole.partner).where(PartnerRole.contact_id.in_(contact_ids))
    eager = held.options(contains_eager(PartnerRole.partner)).order_by(Partner.sort_key, PartnerRole.id)
    for role in session.scalars(eager):
        found.setdefault(role.contact_id, []).append(role)
    return found


def needs_of_contact(contact_id: int) -> Select[Need]:
    """The needs a person is the contact of."""
    asked = select(Need).where(Need.contact_id == contact_id).options(joinedload(Need.partner))
    return asked.order_by(Need.sort_key, Need.id)


def search(session: Session, text: str, *, limit: int = 5) -> Sequence[Partner]:
    """The partners a typed text may mean."""
    return session.scalars(partners(text).limit(limit)).all() if len(text.strip()) >= 2 else []


def find_need(session: Session, need_id: int) -> Need | None:
    """A need, without what hangs on it; None where it was deleted."""
    return session.get(Need, need_id)


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
    rule = _wanted(today, q=q, segment=segment, partner=partner, all_of=all_of)
    eager = (contains_eager(Need.partner), selectinload(Need.segments), joinedload(Need.contact))
    chosen = select(Need).join(Need.partner).where(rule).options(*eager)
    return chosen.order_by(Partner.sort_key, Need.sort_key, Need.id)


def count_needs(
    session: Session,
    *,
    today: date,
    q: str = "",
    segment: str = "",
    partner: int | None = None,
    all_of: bool = False,
) -> int:
    """How many needs the same filter finds."""
    rule = _wanted(today, q=q, segment=segment, partner=partner, all_of=all_of)
    return session.scalar(select(func.count(Need.id)).join(Need.partner).where(rule)) or 0


def _wanted(today: date, *, q: str, segment: str, partner: int | None, all_of: bool) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = [true()]
    if not all_of:
        rules.append(is_open(today))
    if segment:
        rules.append(Need.segments.any(Segment.code == segment))
    if partner:
        rules.append(Need.partner_id == partner)
    rules += [_mentions(word) for word in tidy(q).split()[:8]]
    return and_(*rules)


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether the partner's name, the title or the text holds a word, whatever its capitals."""
    return or_(
        Partner.name_key.contains(fold(word), autoescape=True),
        Need.sort_key.contains(sort_key(word), autoescape=True),
        *(func.lower(Need.text).contains(typed, autoescape=True) for typed in _as_lowered(word)),
    )


def _as_lowered(word: str) -> set[str]:
    """A word as ``lower`` leaves it: SQLite's knows ASCII alone, and «Øvelse» keeps its Ø."""
    small = word.lower()
    large = "".join(char if char.isascii() else char.upper() for char in small)
    return {small, large, large[:1] + small[1:]}


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
    offers = session.scalars(select(Offer).where(Offer.company_id.is_not(None)).order_by(Offer.id))
    return _joined((offer.company_id, offer.title, offer.text) for offer in offers)


def partner_offer_texts(session: Session) -> dict[int, str]:
    """What each partner offers, as one text, for the round."""
    offers = session.scalars(select(Offer).where(Offer.partner_id.is_not(None)).order_by(Offer.id))
    return _joined((offer.partner_id, offer.title, offer.text) for offer in offers)


def wishes(session: Session, *, today: date) -> dict[str, str]:
    """What those who are partners themselves seek, by organisation number, as one text, for the round."""
    return _joined(
        (need.partner.orgnr, need.title, need.text) for need in session.scalars(needs(today=today))
    )


def _joined(said: Iterable[tuple[Owner | None, str, str]]) -> dict[Owner, str]:
    """Titles and texts as one text for each owner; what has none is left out."""
    found: dict[Owner, list[str]] = {}
    for owner, title, text in said:
        if owner is not None:
            found.setdefault(owner, []).append(f"{title}. {text}".strip())
    return {owner: " ".join(texts) for owner, texts in found.items()}


def existing(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the ids that are still needs."""
    return set(session.scalars(select(Need.id).where(Need.id.in_(ids))))


def any_open(session: Session, *, today: date) -> bool:
    """Whether there is a need to be met at all."""
    return session.scalar(select(Need.id).where(is_open(today)).limit(1)) is not None


def partner_ids(session: Session, need_ids: Collection[int]) -> dict[int, int]:
    """The partner of each of some needs."""
    asked = select(Need.id, Need.partner_id).where(Need.id.in_(need_ids))
    return dict(session.execute(asked).all())


def open_need_titles(session: Session, *, today: date) -> list[tuple[int, str, str]]:
    """The open needs with their partners: number, title and name of the partner, partner by partner."""
    asked = select(Need.id, Need.title, Partner.name).join(Need.partner).where(is_open(today))
    asked = asked.order_by(Partner.sort_key, Need.sort_key, Need.id)
    return [(need, title, partner) for need, title, partner in session.execute(asked)]


def titles_of(session: Session, need_ids: Collection[int]) -> dict[int, str]:
    """The titles of some needs."""
    asked = select(Need.id, Need.title).where(Need.id.in_(need_ids))
    return dict(session.execute(asked).all())
