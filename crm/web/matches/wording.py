"""What the matchmaker found, as sentences in the reader's language with quotes from both texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, gettext

from crm.matches.models import Suggestion
from crm.matchmaker.profiles import Reason
from crm.matchmaker.wording import sentence
from crm.web.words import NO_REASONS, segment_name

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One reason as a sentence, with what either text says where the words were found."""

    text: str
    need_quote: str = ""
    company_quote: str = ""
    path: str = ""
    """Where an industry stands in the classification."""


def reasons_for(suggestion: Suggestion, most: int = _SHOWN) -> list[Told]:
    """The strongest reasons for a suggestion, in words."""
    return [_told(kept, suggestion) for kept in (suggestion.reasons or [])[:most]]


def reason_against(suggestion: Suggestion) -> Told | None:
    """The strongest reason against, in words; None where the round kept none."""
    return _told(suggestion.against, suggestion) if suggestion.against else None


def why_not(reason: str) -> str:
    """Why somebody said no: the reason chosen, and what they added."""
    code, _, added = reason.partition(": ")
    named = str(NO_REASONS.get(code, code))
    return f"{named}. {added}" if added else named


def translated(sentence_of_ours: str) -> str:
    """A stored sentence in the reader's language; as it stands where it has none."""
    return str(gettext(sentence_of_ours)) if sentence_of_ours else ""


def gave_way(told: str | Mapping[str, Any]) -> str:
    """What a round's plan could not keep, in the reader's language; older rounds kept the sentence alone."""
    if isinstance(told, str):
        return translated(told)
    sentence_of_ours, values = str(told.get("sentence") or ""), told.get("values") or {}
    return str(gettext(sentence_of_ours, **values)) if values else translated(sentence_of_ours)


def _told(kept: Mapping[str, Any], suggestion: Suggestion) -> Told:
    values = dict(kept.get("values") or {})
    if kept.get("kind") == "shared_terms" and values.get("terms"):
        return _shared(values)
    if values.get("km") == 0:
        values = {"area": "municipality"}
    template, filled = sentence(Reason(kind=str(kept.get("kind", "")), contribution=0.0, values=values))
    if values.get("segments"):
        filled["segments"] = _listed(_named(values["segments"], suggestion))
    path = " › ".join(map(str, values.get("path") or []))
    return Told(str(gettext(template, **filled) if filled else gettext(template)), path=path)


def _named(codes: Sequence[str], suggestion: Suggestion) -> list[str]:
    """The names of segments, as the need carries them."""
    names = {segment.code: segment_name(segment) for segment in suggestion.need.segments}
    return [names.get(code, code) for code in codes]


def _listed(parts: Sequence[str]) -> str:
    """«a, b og c» in the reader's language."""
    return str(format_list(parts, locale=get_locale() or "nb"))


def _shared(values: Mapping[str, Any]) -> Told:
    """«Begge skriver om …», with each word as either side writes it."""
    pairs = [_pair(term["need"], term["company"]) for term in values["terms"][:_SHOWN]]
    return Told(
        str(gettext("Begge skriver om %(terms)s.", terms=_listed(pairs))),
        str(values.get("need_quote") or ""),
        str(values.get("company_quote") or ""),
    )


def _pair(need: str, company: str) -> str:
    return f"«{need}»" if need.casefold() == company.casefold() else f"«{need}» ↔ «{company}»"
