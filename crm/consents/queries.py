"""Questions about who may be addressed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from crm.consents.models import About, Address, Basis, Channel, Consent, Salt, Suppression
from crm.contacts.models import Contact
from crm.spelling import bare_number

_BY_POST = {Channel.EMAIL: Address.EMAIL, Channel.PHONE: Address.PHONE, Channel.SMS: Address.PHONE}
_ASKED_FOR = {About.INVITATIONS, About.NEWSLETTER}


def suppressed(session: Session, kind: Address, addresses: Iterable[str]) -> set[str]:
    """Those of some e-mail addresses or phone numbers, in any form, that nothing may be sent to."""
    salt = session.scalar(select(Salt.salt))
    asked = [address for address in addresses if address and address.strip()]
    if salt is None or not asked:
        return set()
    hashes = {address: hashed(salt, kind, address) for address in asked}
    found: set[str] = set()
    each = sorted(set(hashes.values()))
    for at in range(0, len(each), 500):
        rule = Suppression.hash.in_(each[at : at + 500])
        found.update(session.scalars(select(Suppression.hash).where(Suppression.kind == kind, rule)))
    return {address for address, made in hashes.items() if made in found}


def hashed(salt: str, kind: Address, address: str) -> str:
    """What is kept of an address: the same for every way it may be written."""
    plain = bare_number(address) if kind is Address.PHONE else address.strip().casefold()
    return hmac.new(bytes.fromhex(salt), f"{kind}:{plain}".encode(), hashlib.sha256).hexdigest()


def addressable(session: Session, contacts: Collection[Contact], about: About, channel: Channel) -> set[int]:
    """Those who may be addressed for something by a channel, by their numbers.

    Ordinary dealings stand on legitimate interest until somebody objects; an invitation or a newsletter by
    e-mail or SMS asks for a consent that stands, or a customer's. Nothing goes to a suppressed address.
    """
    kind = _BY_POST[channel]
    address = {one.id: (one.email if kind is Address.EMAIL else one.phone) or "" for one in contacts}
    shut = suppressed(session, kind, address.values())
    reached = {number for number, text in address.items() if text and text not in shut}
    if about in _ASKED_FOR and channel is not Channel.PHONE:
        reached &= _agreed(session, reached, about, channel)
    restricted = {one.id for one in contacts if one.restricted}
    return reached - restricted - _objected(session, reached, about, channel)


def consents_of(session: Session, contact_id: int) -> Sequence[Consent]:
    """What a person has agreed to and objected to, newest first."""
    asked = select(Consent).where(Consent.contact_id == contact_id).options(joinedload(Consent.by))
    return session.scalars(asked.order_by(Consent.id.desc())).all()


def _agreed(session: Session, ids: Collection[int], about: About, channel: Channel) -> set[int]:
    standing = select(Consent.contact_id).where(
        Consent.contact_id.in_(ids),
        Consent.about == about,
        Consent.channel == channel,
        Consent.basis.in_([Basis.CONSENT, Basis.CUSTOMER]),
        Consent.withdrawn_at.is_(None),
    )
    return set(session.scalars(standing))


def _objected(session: Session, ids: Collection[int], about: About, channel: Channel) -> set[int]:
    """Those whose last word about this was no."""
    asked = select(Consent.contact_id, Consent.withdrawn_at).where(
        Consent.contact_id.in_(ids), Consent.about == about, Consent.channel == channel
    )
    said = session.execute(asked.order_by(Consent.id)).all()
    last = {row.contact_id: row.withdrawn_at for row in said}
    return {contact for contact, withdrawn in last.items() if withdrawn is not None}
