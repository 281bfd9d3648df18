"""Acts on partners, needs and offers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.errors import Conflict, NotFound
from crm.history import operations as history
from crm.history.models import Entry
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Need, Offer, Partner, PartnerRole
from crm.segments import queries as segments
from crm.spelling import fold, sort_key

_KEPT_OF_OFFER = ("title", "text", "source", "demo", "company_id", "partner_id")


def create_partner(session: Session, actor_id: int | None, draft: PartnerDraft) -> Partner:
    """A new partner; Conflict where the number is already a partner's."""
    _refuse_taken(session, draft.orgnr, None)
    partner = Partner(needs=[], roles=[])
    _fill_partner(partner, draft)
    partner.demo = draft.demo
    session.add(partner)
    history.record(session, actor_id, "partner:create", subject=partner)
    return partner


def update_partner(
    session: Session, actor_id: int | None, partner: Partner, draft: PartnerDraft, *, seen: int | None = None
) -> None:
    """Correct a partner; Conflict when it was saved since version ``seen``."""
    partner.refuse_if_overtaken(seen)
    _refuse_taken(session, draft.orgnr, partner.id)
    _fill_partner(partner, draft)
    history.record(session, actor_id, "partner:update", subject=partner)


def add_person(
    session: Session, actor_id: int | None, partner: Partner, contact: Contact, *, title: str
) -> None:
    """Let a person have a role at a partner; the same role twice is one, with the newer title."""
    known = next((role for role in partner.roles if role.contact_id == contact.id), None)
    if known:
        known.title = title[:200]
    else:
        partner.roles.append(PartnerRole(contact=contact, title=title[:200]))
    history.record(session, actor_id, "partner:person", subject=partner, changes={})


def remove_person(session: Session, actor_id: int | None, partner: Partner, role: PartnerRole) -> None:
    """End a person's role at a partner; the person stays."""
    history.record(session, actor_id, "partner:person-left", subject=partner, changes={})
    partner.roles.remove(role)
    session.flush()


def create_need(session: Session, actor_id: int | None, partner: Partner, draft: NeedDraft) -> Need:
    need = Need(partner_id=partner.id, segments=[])
    _fill_need(session, need, draft)
    need.demo = draft.demo
    session.add(need)
    history.record(session, actor_id, "need:create", subject=need)
    return need


def update_need(
    session: Session, actor_id: int | None, need: Need, draft: NeedDraft, *, seen: int | None = None
) -> None:
    """Correct a need; Conflict when it was saved since version ``seen``."""
    need.refuse_if_overtaken(seen)
    before, after = sorted(segment.code for segment in need.segments), sorted(draft.segments)
    _fill_need(session, need, draft)
    changes = history.pending_changes(need)
    if before != after:
        changes["segments"] = [before, after]
        flag_modified(need, "closed")  # the segments lie in another table; the version must still move
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


def update_offer(
    session: Session, actor_id: int | None, offer: Offer, draft: OfferDraft, *, seen: int | None = None
) -> None:
    """Correct an offer; Conflict when it was saved since version ``seen``."""
    offer.refuse_if_overtaken(seen)
    offer.title, offer.text, offer.source = draft.title, draft.text, draft.source
    history.record(session, actor_id, "offer:update", subject=offer)


def delete_offer(session: Session, actor_id: int | None, offer: Offer) -> Entry:
    """Take an offer away; the line of the trail that is returned can bring it back."""
    kept: dict[str, Any] = {name: [getattr(offer, name), None] for name in _KEPT_OF_OFFER}
    entry = history.record(session, actor_id, "offer:delete", subject=offer, changes=kept)
    session.delete(offer)
    session.flush()
    return entry


def restore_offer(session: Session, actor_id: int | None, partner: Partner, entry_id: int) -> Offer:
    """Bring back a deleted offer of a partner; NotFound where the trail has no such deletion."""
    entry = session.get(Entry, entry_id)
    known = entry is not None and entry.action == "offer:delete"
    if entry is None or not known or entry.changes.get("partner_id", [None])[0] != partner.id:
        raise NotFound("Fant ikke tilbudet som skulle hentes tilbake.")
    if "restored" in entry.changes:
        raise Conflict("Tilbudet er alt hentet tilbake.")
    kept = {name: entry.changes[name][0] for name in ("title", "text", "source", "demo")}
    entry.changes = entry.changes | {"restored": True}
    return create_offer(session, actor_id, partner, OfferDraft(**kept))


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
