"""What a list of companies is narrowed to: read from the address, said in words, given back as an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.companies import queries as companies
from crm.companies.drafts import SORTS, CompanyFilter
from crm.companies.models import Stage
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import STAGES, segment_name

_TEXTS = ("q", "segment", "stage", "municipality", "nace")
_LONGEST = 100


def asked() -> CompanyFilter:
    """The filter in the address; 400 for a stage or an order that does not exist."""
    texts = {name: request.args.get(name, "").strip()[:_LONGEST] for name in _TEXTS}
    sort = request.args.get("sort", "name") or "name"
    if sort not in SORTS or (texts["stage"] and texts["stage"] not in {stage.value for stage in Stage}):
        abort(400)
    owner, everything = asked_number("owner"), request.args.get("all") == "1"
    given = {name: text for name, text in texts.items() if text}
    given |= {"owner": str(owner)} if owner else {}
    given |= {"all": "1"} if everything else {}
    given |= {"sort": sort} if sort != "name" else {}
    return CompanyFilter(**texts, owner=owner, followed=not everything, sort=sort, given=given)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filter lets one choose among."""

    segments: Sequence[Segment]
    people: Sequence[User]
    municipalities: Sequence[tuple[str, str]]


def offered() -> Offered:
    return Offered(
        segments=db().scalars(segments.segments()).all(),
        people=db().scalars(accounts.colleagues()).all(),
        municipalities=companies.municipalities_in_use(db()),
    )


def in_words(wanted: CompanyFilter, among: Offered) -> str:
    """The filter as a phrase, «på steget Møte, i Elverum»; empty where nothing is narrowed."""
    named = {segment.code: segment_name(segment) for segment in among.segments}
    owners = {person.id: person.name for person in among.people}
    towns = {number: name.capitalize() for number, name in among.municipalities}
    parts = [
        gettext("som inneholder «%(text)s»", text=wanted.q) if wanted.q else "",
        gettext("i %(segment)s", segment=named.get(wanted.segment, wanted.segment)) if wanted.segment else "",
        gettext("på steget %(stage)s", stage=STAGES[Stage(wanted.stage)]) if wanted.stage else "",
        gettext("som %(name)s følger", name=owners.get(wanted.owner, wanted.owner)) if wanted.owner else "",
        gettext("i kommunen %(name)s", name=towns.get(wanted.municipality, wanted.municipality))
        if wanted.municipality
        else "",
        gettext("med næringskode %(code)s", code=wanted.nace) if wanted.nace else "",
    ]
    return ", ".join(str(part) for part in parts if part)
