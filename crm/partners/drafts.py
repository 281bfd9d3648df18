"""Validated input about partners, needs and offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm.errors import InvalidInput
from crm.orgnr import parse_orgnr
from crm.partners.models import PartnerKind
from crm.spelling import tidy

_LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDraft:
    name: str
    kind: PartnerKind
    orgnr: str | None = None
    municipality_no: str | None = None
    home_page: str | None = None
    about: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDraft:
    title: str
    text: str
    segments: frozenset[str] = frozenset()
    source: str = ""
    valid_until: date | None = None
    contact_id: int | None = None
    shown_to_companies: bool = False
    farthest_km: int | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    title: str
    text: str = ""
    source: str = ""
    demo: bool = False


def _heading(text: str, missing: str) -> str:
    clean = tidy(text)
    if not clean:
        raise InvalidInput(missing, field="title")
    if len(clean) > 200:
        raise InvalidInput("Overskriften er for lang. Den kan ha høyst 200 tegn.", field="title")
    return clean


def _body(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidInput("Teksten er for lang. Den kan ha høyst 10 000 tegn.", field="text")
    return "\n".join(tidy(line) for line in text.strip().splitlines())


def partner_draft(
    *, name: str, kind: str, orgnr: str = "", municipality_no: str = "", home_page: str = "", about: str = ""
) -> PartnerDraft:
    """A partner from typed values; InvalidInput names the field that cannot be right."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Skriv navnet på partneren.", field="name")
    if kind not in {known.value for known in PartnerKind}:
        raise InvalidInput("Velg hva slags partner det er.", field="kind")
    return PartnerDraft(
        name=clean[:300],
        kind=PartnerKind(kind),
        orgnr=parse_orgnr(orgnr) if orgnr.strip() else None,
        municipality_no=municipality_no.strip()[:4] or None,
        home_page=home_page.strip()[:300] or None,
        about=_body(about),
    )


def need_draft(*, title: str, text: str, **more: object) -> NeedDraft:
    """A need from typed values; the text is what the matching reads, so it must say something."""
    body = _body(text)
    heading = _heading(title, "Gi behovet en kort overskrift.")
    if len(body) < 20:
        raise InvalidInput(
            "Beskriv behovet med en setning eller to. Det er denne teksten forslagene bygger på.",
            field="text",
        )
    return NeedDraft(title=heading, text=body, **more)  # type: ignore[arg-type]


def offer_draft(*, title: str, text: str = "", source: str = "") -> OfferDraft:
    """An offer from typed values."""
    return OfferDraft(
        title=_heading(title, "Skriv kort hva som tilbys."), text=_body(text), source=tidy(source)[:300]
    )
