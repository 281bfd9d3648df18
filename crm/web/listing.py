"""What a list of companies is narrowed to: read from the address, said in words, given back as an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request, session
from flask_babel import gettext

from crm.companies import lists
from crm.companies import queries as companies
from crm.companies.conditions import OWN
from crm.companies.drafts import CompanyFilter, company_filter
from crm.companies.models import Company, Stage
from crm.companies.queries import Chosen
from crm.errors import InvalidInput
from crm.saved.drafts import known_columns
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.web import narrowing
from crm.web.formats import readable_name
from crm.web.paging import SIZE, Page, asked_number, page_number
from crm.web.session import db
from crm.web.words import COLUMNS, STAGES, segment_name


def asked() -> CompanyFilter:
    """The filter in the address; 400 for a stage, an owner or an order that does not exist."""
    try:
        return company_filter(request.args)
    except InvalidInput:
        abort(400)


def shown(wanted: CompanyFilter) -> Page[Company]:
    """The page of the list that the address asks for; below the company ``after`` where nobody counts on."""
    fitting, number = lists.count_up_to(db(), wanted), page_number()
    beyond = fitting > lists.COUNTED
    below = asked_number("after") if beyond else None
    start = (number - 1) * SIZE
    rows = lists.screen(db(), wanted, fitting=fitting, start=start, size=SIZE, after=below)
    return Page(rows=rows, number=number, total=min(fitting, lists.COUNTED), beyond=beyond)


def columns() -> tuple[str, ...]:
    """The columns asked for, else those chosen last on this browser, else the usual ones."""
    named = request.args.get("cols", "").split(",") if "cols" in request.args else request.args.getlist("col")
    if named:
        session["columns"] = list(known_columns(named))
    kept = session.get("columns")
    return known_columns(kept if isinstance(kept, list) else ())


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody to choose: a number and a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filter lets one choose among; ``own`` names a company's own fields by their columns."""

    segments: Sequence[Segment]
    people: Sequence[Named]
    municipalities: Sequence[tuple[str, str]]
    own: Mapping[str, str]
    lists: Sequence[Named]

    def names(self) -> dict[str, dict[str, str]]:
        """What the values of conditions are called, field by field."""
        return {
            "segment": {segment.code: segment_name(segment) for segment in self.segments},
            "owner": {str(person.id): person.name for person in self.people},
            "municipality": {number: readable_name(name) for number, name in self.municipalities},
            "stage": {stage.value: str(STAGES[stage]) for stage in Stage},
            "list": {str(one.id): one.name for one in self.lists},
        }


def offered() -> Offered:
    found = companies.to_choose(db())
    return Offered(
        segments=db().scalars(segments.segments()).all(),
        people=[Named(int(number), name) for number, name in found[Chosen.OWNER]],
        municipalities=found[Chosen.TOWN],
        own={f"{OWN}{code}": name for code, name in found[Chosen.OWN]},
        lists=[Named(int(number), name) for number, name in found[Chosen.LIST]],
    )


def headings(among: Offered) -> dict[str, str]:
    """What every column a list can have is called, a company's own fields last."""
    return {name: str(said) for name, said in COLUMNS.items()} | dict(among.own)


def in_words(wanted: CompanyFilter, among: Offered) -> str:
    """The filter as a phrase, «på steget Møte, i Elverum»; empty where nothing is narrowed."""
    named = among.names()
    town = named["municipality"].get(wanted.municipality, wanted.municipality)
    owner = named["owner"].get(str(wanted.owner), wanted.owner)
    parts = [
        gettext("som inneholder «%(text)s»", text=wanted.q) if wanted.q else "",
        gettext("i %(segment)s", segment=named["segment"].get(wanted.segment, wanted.segment))
        if wanted.segment
        else "",
        gettext("på steget %(stage)s", stage=STAGES[Stage(wanted.stage)]) if wanted.stage else "",
        gettext("som %(name)s følger", name=owner) if wanted.owner else "",
        gettext("i kommunen %(name)s", name=town) if wanted.municipality else "",
        gettext("med næringskode %(code)s", code=wanted.nace) if wanted.nace else "",
        narrowing.sentence(wanted, named, among.own),
    ]
    return ", ".join(str(part) for part in parts if part)
