"""Acts on partners, needs and offers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.errors import Conflict
from crm.history import operations as history
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Need, Offer, Partner, PartnerRole
from crm.segments import queries as segments
from crm.spelling import fold, sort_key


def create_partner(session: Session, actor_id: int | None, draft: PartnerDraft) -> Partner:
    """A new partner; Conflict where the number is already a partner's."""
    _refuse_taken(session, draft.orgnr, None)
    partner = Partner(needs=[], roles=[])
    _fill_partner(partner, draft)
    partner.demo = draft.demo
    session.add(partner)
    history.record(session, actor_id, "partner:create", subject=partner)
    return partner


def update_partner(session: Session, actor_id: int | None, partner: Partner, draft: PartnerDraft) -> None:
    _refuse_taken(session, draft.orgnr, partner.id)
    _fill_partner(partner, draft)
    history.record(session, actor_id, "partner:update", subject=partner)


def add_person(
    session: Session, actor_id: int | None, partner: Partner, contact: Contact, *, title: str
) -> None:
    """Let a person have a role at a partner."""
    partner.roles.append(PartnerRole(contact=contact, title=title[:200]))
    history.record(session, actor_id, "partner:person", subject=partner, changes={})


def create_need(session: Session, actor_id: int | None, partner: Partner, draft: NeedDraft) -> Need:
    need = Need(partner_id=partner.id, segments=[])
    _fill_need(session, need, draft)
    need.demo = draft.demo
    session.add(need)
    history.record(session, actor_id, "need:create", subject=need)
    return need


def update_need(session: Session, actor_id: int | None, need: Need, draft: NeedDraft) -> None:
    before = sorted(segment.code for segment in need.segments)
    _fill_need(session, need, draft)
    changes = history.pending_changes(need) | {"segments": [before, sorted(draft.segments)]}
    changes.pop("demo", None)
    history.record(session, actor_id, "need:update", subject=need, changes=changes)


def close_need(session: Session, actor_id: int | None, need: Need, *, closed: bool = True) -> None:
    """Close a need that is met or withdrawn, or open it again."""
    need.closed = closed
    history.record(session, actor_id, "need:close" if closed else "need:reopen", subject=need)


def create_offer(
    session: Session, actor_id: int | None, owner: Company | Partner, draft: OfferDraft
) -> Offer:
    """Write down what a company or a partner brings."""
    offer = Offer(**asdict(draft))
    if isinstance(owner, Company):
        offer.company_id = owner.id
    else:
        offer.partner_id = owner.id
    session.add(offer)
    history.record(session, actor_id, "offer:create", subject=offer)
    return offer


def delete_offer(session: Session, actor_id: int | None, offer: Offer) -> None:
    kept: dict[str, Any] = {"title": [offer.title, None], "text": [offer.text, None]}
    history.record(session, actor_id, "offer:delete", subject=offer, changes=kept)
    session.delete(offer)
    session.flush()


def _refuse_taken(session: Session, orgnr: str | None, partner_id: int | None) -> None:
    holder = session.scalar(select(Partner).where(Partner.orgnr == orgnr)) if orgnr else None
    if holder and holder.id != partner_id:
        raise Conflict(
            "Organisasjonsnummeret tilhører alt partneren %(name)s.", field="orgnr", name=holder.name
        )


def _fill_partner(partner: Partner, draft: PartnerDraft) -> None:
    partner.name, partner.name_key, partner.sort_key = (
        draft.name,
        fold(draft.name)[:400],
        sort_key(draft.name)[:400],
    )
    partner.kind, partner.orgnr, partner.about = draft.kind, draft.orgnr, draft.about
    partner.municipality_no, partner.home_page = draft.municipality_no, draft.home_page


def _fill_need(session: Session, need: Need, draft: NeedDraft) -> None:
    need.title, need.sort_key, need.text = draft.title, sort_key(draft.title)[:400], draft.text
    need.source, need.valid_until = draft.source[:300], draft.valid_until
    need.contact_id, need.shown_to_companies = draft.contact_id, draft.shown_to_companies
    need.farthest_km = draft.farthest_km
    need.segments = segments.by_codes(session, draft.segments)
