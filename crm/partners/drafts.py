"""Validated input about partners, needs and offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from crm.errors import InvalidInput
from crm.orgnr import parse_orgnr
from crm.partners.markings import refuse_marked
from crm.partners.models import PartnerKind
from crm.spelling import tidy

_LONGEST_TEXT = 10_000
_LATEST = date(2100, 1, 1)
_ROUND_THE_COUNTRY_KM = 3000


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
    refuse_marked(clean, field="title")
    return clean


def _body(text: str, *, field: str = "text") -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidInput("Teksten er for lang. Den kan ha høyst 10 000 tegn.", field=field)
    body = "\n".join(tidy(line) for line in text.strip().splitlines())
    refuse_marked(body, field=field)
    return body


def _source(text: str) -> str:
    clean = tidy(text)
    if len(clean) > 300:
        raise InvalidInput("Hold kilden på under 300 tegn.", field="source")
    refuse_marked(clean, field="source")
    return clean


def parse_home_page(text: str) -> str | None:
    """A web address a browser may be sent to; None for nothing; InvalidInput for any other scheme."""
    clean = tidy(text)
    if not clean:
        return None
    address = clean if "://" in clean else f"https://{clean}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in {"http", "https"}
        or "." not in parts.netloc
        or " " in address
        or len(address) > 300
    ):
        raise InvalidInput(
            "«%(value)s» er ikke en nettadresse. Skriv den som www.eksempel.no.",
            field="home_page",
            value=clean[:60],
        )
    return address


def partner_draft(
    *, name: str, kind: str, orgnr: str = "", municipality_no: str = "", home_page: str = "", about: str = ""
) -> PartnerDraft:
    """A partner from typed values; InvalidInput names the field that cannot be right."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Skriv navnet på partneren.", field="name")
    if len(clean) > 300:
        raise InvalidInput("Navnet er for langt. Det kan ha høyst 300 tegn.", field="name")
    if kind not in {known.value for known in PartnerKind}:
        raise InvalidInput("Velg hva slags partner det er.", field="kind")
    return PartnerDraft(
        name=clean,
        kind=PartnerKind(kind),
        orgnr=parse_orgnr(orgnr) if orgnr.strip() else None,
        municipality_no=municipality_no.strip()[:4] or None,
        home_page=parse_home_page(home_page),
        about=_body(about, field="about"),
    )


def need_draft(
    *,
    title: str,
    text: str,
    source: str = "",
    valid_until: date | None = None,
    farthest_km: int | None = None,
    **more: object,
) -> NeedDraft:
    """A need from typed values; the text is what the matching reads, so it must say something."""
    heading = _heading(title, "Gi behovet en kort overskrift.")
    body = _body(text)
    if len(body) < 20:
        raise InvalidInput(
            "Beskriv behovet med en setning eller to. Det er denne teksten forslagene bygger på.",
            field="text",
        )
    if valid_until and valid_until > _LATEST:
        raise InvalidInput("Datoen er for langt fram i tid. Se etter en tastefeil.", field="valid_until")
    if farthest_km is not None and not 1 <= farthest_km <= _ROUND_THE_COUNTRY_KM:
        raise InvalidInput("Skriv et helt antall kilometer fra 1 til 3000.", field="farthest_km")
    return NeedDraft(
        title=heading,
        text=body,
        source=_source(source),
        valid_until=valid_until,
        farthest_km=farthest_km,
        **more,  # type: ignore[arg-type]
    )


def refuse_past(valid_until: date | None, *, today: date) -> None:
    """InvalidInput on a day that has been, for a need that is being written now."""
    if valid_until and valid_until < today:
        raise InvalidInput(
            "Denne dagen har vært. Velg en dag fram i tid, eller la feltet stå tomt.", field="valid_until"
        )


def offer_draft(*, title: str, text: str = "", source: str = "") -> OfferDraft:
    """An offer from typed values."""
    return OfferDraft(
        title=_heading(title, "Skriv kort hva som tilbys."), text=_body(text), source=_source(source)
    )
