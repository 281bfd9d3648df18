"""Validated input about companies and leads, whichever door it came through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crm.companies.conditions import Condition, read, written
from crm.companies.models import RESTING, FactsSource, Stage
from crm.errors import InvalidInput
from crm.orgnr import parse_orgnr
from crm.spelling import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDraft:
    """What we know of a company when it comes in."""

    name: str
    orgnr: str | None = None
    form: str | None = None
    municipality_no: str | None = None
    municipality: str | None = None
    address: str | None = None
    industry: str | None = None
    industry_name: str | None = None
    industry_standard: str | None = None
    employees: int | None = None
    home_page: str | None = None
    email: str | None = None
    phone: str | None = None
    purpose: str = ""
    facts_source: FactsSource = FactsSource.OURS
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDraft:
    """How we begin to follow a company."""

    segments: frozenset[str] = frozenset()
    source: str = ""
    owner_id: int | None = None
    stage: Stage = Stage.IDENTIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """Where a lead goes; a parked or lost one needs a reason, and may wake up on a day.

    ``board_key`` is its place among the leads of that stage; without one it goes on top of a new stage.
    """

    stage: Stage
    reason: str = ""
    wake_on: date | None = None
    board_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachDraft:
    """How to reach a company; ``version`` is the one the editor saw."""

    version: int
    home_page: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFilter:
    """What a list of companies is narrowed to; every part has a name in the address."""

    q: str = ""
    segment: str = ""
    stage: str = ""
    owner: int | None = None
    municipality: str = ""
    nace: str = ""
    followed: bool = True
    where: tuple[Condition, ...] = ()
    any_of: bool = False
    """Whether one of the conditions is enough; else each must hold."""
    sort: str = "name"
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """Whose leads a board shows, and of which segment."""

    owner: int | None = None
    segment: str = ""


SORTS = ("name", "stage", "last_contact", "municipality", "employees", "newest")


_TEXTS = ("q", "segment", "stage", "municipality", "nace")
_LONGEST_PART = 100


def company_filter(given: Mapping[str, str]) -> CompanyFilter:
    """What a list is narrowed to, from the parts of an address; InvalidInput for one that cannot be."""
    texts = {name: given.get(name, "").strip()[:_LONGEST_PART] for name in _TEXTS}
    sort, owner = given.get("sort") or "name", given.get("owner", "")
    if sort not in SORTS or (texts["stage"] and texts["stage"] not in set(Stage)):
        raise InvalidInput("Et slikt utvalg finnes ikke.", field="sort")
    if owner and not (owner.isascii() and owner.isdigit() and len(owner) <= 10 and int(owner)):
        raise InvalidInput("Et slikt utvalg finnes ikke.", field="owner")
    where, everything = read(given.get("where", "")), given.get("all") == "1"
    any_of = given.get("any") == "1" and len(where) > 1
    kept = {name: text for name, text in texts.items() if text}
    kept |= {"owner": owner} if owner else {}
    kept |= {"all": "1"} if everything else {}
    kept |= {"where": written(where)} if where else {}
    kept |= {"any": "1"} if any_of else {}
    kept |= {"sort": sort} if sort != "name" else {}
    return CompanyFilter(
        **texts,
        owner=int(owner) if owner else None,
        followed=not everything,
        where=where,
        any_of=any_of,
        sort=sort,
        given=kept,
    )


def company_draft(*, name: str, orgnr: str = "", demo: bool = False, **facts: object) -> CompanyDraft:
    """A company from typed values; InvalidInput names the field that cannot be right."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Skriv navnet på virksomheten.", field="name")
    if len(clean) > 300:
        raise InvalidInput("Navnet er for langt. Det kan ha høyst 300 tegn.", field="name")
    number = parse_orgnr(orgnr, demo=demo) if orgnr.strip() else None
    return CompanyDraft(name=clean, orgnr=number, demo=demo, **facts)  # type: ignore[arg-type]


def move_draft(stage: str, *, reason: str = "", wake_on: date | None = None, today: date) -> MoveDraft:
    """A move from typed values; a stage beside the road says why."""
    if stage not in {known.value for known in Stage}:
        raise InvalidInput("Steget «%(value)s» finnes ikke.", field="stage", value=stage[:40])
    chosen, clean = Stage(stage), tidy(reason)[:300]
    if chosen in RESTING and not clean:
        raise InvalidInput("Skriv kort hvorfor, så den neste som ser saken, forstår det.", field="reason")
    if wake_on and wake_on <= today:
        raise InvalidInput("Velg en dag som ligger fram i tid.", field="wake_on")
    rests = chosen in RESTING
    return MoveDraft(stage=chosen, reason=clean if rests else "", wake_on=wake_on if rests else None)
