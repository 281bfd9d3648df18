"""Validated input about consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from crm import clock
from crm.consents.models import About, Basis, Channel
from crm.errors import InvalidInput
from crm.spelling import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """What somebody agreed to, on which ground, and how we know."""

    about: About
    channel: Channel
    basis: Basis
    source: str
    text_version: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What somebody says no to, by which channel, and how they said it."""

    about: About
    channel: Channel
    how: str


def objection_draft(*, about: str, channel: str, how: str) -> Objection:
    """An objection from typed values; InvalidInput names the field."""
    try:
        said = About(about), Channel(channel)
    except ValueError as error:
        raise InvalidInput("Velg hva det gjelder, måten og grunnlaget.", field="about") from error
    return Objection(about=said[0], channel=said[1], how=tidy(how)[:300])


def consent_draft(
    *, about: str, channel: str, basis: str, source: str, given_on: date | None, text_version: str = ""
) -> ConsentDraft:
    """A consent from typed values; InvalidInput names the field."""
    clean = tidy(source)
    if not clean:
        raise InvalidInput("Skriv hvordan vi vet det: hvor og hvordan personen sa ja.", field="source")
    if given_on is None or given_on > clock.today():
        raise InvalidInput("Velg dagen personen sa ja, ikke en dag som kommer.", field="given_on")
    try:
        said = About(about), Channel(channel), Basis(basis)
    except ValueError as error:
        raise InvalidInput("Velg hva det gjelder, måten og grunnlaget.", field="about") from error
    if (
        said[0] is not About.DEALINGS
        and said[1] is not Channel.PHONE
        and said[2] is Basis.LEGITIMATE_INTEREST
    ):
        raise InvalidInput(
            "Invitasjoner og nyhetsbrev på e-post og SMS krever samtykke eller et kundeforhold"
            " (markedsføringsloven § 15).",
            field="basis",
        )
    return ConsentDraft(
        about=said[0],
        channel=said[1],
        basis=said[2],
        source=clean[:300],
        text_version=tidy(text_version)[:200],
        given_at=datetime.combine(given_on, time(12), tzinfo=clock.OSLO),
    )
