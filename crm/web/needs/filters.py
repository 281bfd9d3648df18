"""What a list of needs is narrowed to: read from the address and said in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import abort, request
from flask_babel import gettext

from crm.partners import queries as partners
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.spelling import tidy
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import segment_name

_STATES = ("open", "all")


@dataclass(frozen=True, slots=True)
class NeedFilter:
    q: str = ""
    segment: str = ""
    partner: int | None = None
    all_of: bool = False
    given: dict[str, str] = field(default_factory=dict)

    def rule(self, today: date) -> dict[str, Any]:
        """The filter as the questions about needs take it."""
        return {
            "today": today,
            "q": self.q,
            "segment": self.segment,
            "partner": self.partner,
            "all_of": self.all_of,
        }


def asked() -> NeedFilter:
    """The filter in the address; 400 for a state or a number that cannot be."""
    q, segment = (tidy(request.args.get(name, ""))[:100] for name in ("q", "segment"))
    state, partner = request.args.get("state") or "open", asked_number("partner")
    if state not in _STATES:
        abort(400)
    given = {
        "q": q,
        "segment": segment,
        "partner": str(partner or ""),
        "state": "all" if state == "all" else "",
    }
    return NeedFilter(
        q=q,
        segment=segment,
        partner=partner,
        all_of=state == "all",
        given={name: text for name, text in given.items() if text},
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filter lets one choose among."""

    segments: list[Segment]
    partners: list[tuple[int, str]]


def offered() -> Offered:
    return Offered(list(db().scalars(segments.segments())), partners.partner_names(db()))


def in_words(wanted: NeedFilter, among: Offered) -> str:
    """What narrows the list, «innen Helse, fra Sykehuset»; empty where nothing does."""
    named = {segment.code: segment_name(segment) for segment in among.segments}
    names = dict(among.partners)
    area, partner = named.get(wanted.segment, wanted.segment), names.get(wanted.partner or 0, wanted.partner)
    parts = [
        gettext("innen %(segment)s", segment=area) if wanted.segment else "",
        gettext("fra %(name)s", name=partner) if wanted.partner else "",
        gettext("som inneholder «%(text)s»", text=wanted.q) if wanted.q else "",
    ]
    return ", ".join(str(part) for part in parts if part)
