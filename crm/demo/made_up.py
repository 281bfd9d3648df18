"""Made-up companies, persons and log lines for measuring: number ``n`` is the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from crm.activities.models import Kind, Outcome
from crm.companies.models import RESTING, FactsSource, Stage
from crm.ordering import key_on_top
from crm.orgnr import parse_orgnr
from crm.spelling import fold, sort_key

Row = dict[str, Any]
PERSONS, ACTIVITIES = 2, 10
_LONGEST_AGO = 700 * 24 * 60
_SOURCES = ("Rørløft", "Messe", "Registersøk", "Tips fra sykehuset", "Henvendelse")
_STAGES = (*[Stage.IDENTIFIED] * 8, *[Stage.CONTACTED] * 6, *[Stage.MEETING] * 3, *Stage)
_OUTCOMES = (None, *Outcome)
_WHERE, _WHAT, _TRADE, _FIRST = (
    words.split()
    for words in (
        "Øst Ås Blå Sør Bjørke Hær Å Nord Glåm Skog Hede Ær Trygg Fjell Bær Elv Vik Lys Øver Grøn",
        "vik dal åsen bø øya lund moen fjord haug nes vang sæter tun rud foss mark sund li elva heim",
        "Helseteknikk Verksted Omsorg Sikring Trening Transport Data Lab Bygg Mat Tekstil Måling Drift Reise",
        "Kari Ola Åse Øyvind Ærlend Ingrid Per Fatima Jonas Sigrun Amir Liv Bjørg Håkon Sunniva Torbjørn",
    )
)
_INDUSTRIES = (
    ("86.210", "Allmennlegetjenester"),
    ("86.950", "Fysioterapi"),
    ("62.100", "Programmering"),
    ("93.130", "Treningssentre"),
    ("80.010", "Vakttjenester"),
    ("32.500", "Produksjon av medisinsk utstyr"),
    ("41.000", "Oppføring av bygninger"),
    ("49.410", "Godstransport på vei"),
    ("56.110", "Restaurantvirksomhet"),
    ("25.530", "Bearbeiding av metaller"),
)


class Place(NamedTuple):
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rows are spread over."""

    owners: Sequence[int]
    segments: Sequence[int]
    places: Sequence[Place]
    now: datetime


def numbers(*, taken: frozenset[str]) -> Iterator[str]:
    """Organisation numbers of the synthetic series 2, in order, without those spoken for."""
    for stem in range(20_000_000, 30_000_000):
        weighted = sum(
            weight * int(digit) for weight, digit in zip((3, 2, 7, 6, 5, 4, 3, 2), str(stem), strict=True)
        )
        check = -weighted % 11
        if check < 10 and f"{stem}{check}" not in taken:
            yield parse_orgnr(f"{stem}{check}", demo=True)


def draw_for(number: int) -> random.Random:
    """The chance of one company, whatever was made before it."""
    return random.Random(number)  # noqa: S311  (made-up records, the same every time)


def company(draw: random.Random, company_id: int, orgnr: str, setting: Setting) -> Row:
    name = f"{draw.choice(_WHERE)}{draw.choice(_WHAT)} {draw.choice(_TRADE)} AS"
    place, (code, industry) = draw.choice(setting.places), draw.choice(_INDUSTRIES)
    return {
        "id": company_id,
        "orgnr": orgnr,
        **_named(name),
        "form": "AS",
        "municipality_no": place.number,
        "municipality": place.name,
        "industry": code,
        "industry_name": industry,
        "industry_standard": "SN2025",
        "employees": draw.choice((None, None, 1, 5, 8, 12, 40, 150)),
        "purpose": f"Utvikling og salg innen {industry.lower()} og {draw.choice(_TRADE).lower()}.",
        "facts_source": FactsSource.DEMO,
        "facts_at": setting.now,
        "demo": True,
        "created_at": setting.now - timedelta(days=draw.randrange(700)),
        "version": 1,
    }


def lead(draw: random.Random, lead_id: int, company_id: int, log: list[Row], setting: Setting) -> Row:
    stage = draw.choice(_STAGES)
    newest = max((line for line in log if _is_contact(line)), key=_age, default={})
    since = setting.now - timedelta(days=draw.randrange(200))
    return {
        "id": lead_id,
        "company_id": company_id,
        "stage": stage,
        "stage_since": since,
        "board_key": key_on_top(since),
        "owner_id": draw.choice(setting.owners),
        "source": draw.choice(_SOURCES),
        "resting_reason": "Ikke aktuelt nå" if stage in RESTING else "",
        "last_contact_at": newest.get("happened_at"),
        "last_contact_kind": newest["kind"].value if newest else None,
        "last_contact_by_id": newest.get("by_id"),
        "created_at": setting.now - timedelta(minutes=_LONGEST_AGO),
        "version": 1,
    }


def lead_segments(draw: random.Random, lead_id: int, setting: Setting) -> list[Row]:
    wanted = min(draw.choice((1, 1, 2)), len(setting.segments))
    return [{"lead_id": lead_id, "segment_id": segment} for segment in draw.sample(setting.segments, wanted)]


def person(draw: random.Random, contact_id: int, setting: Setting) -> Row:
    """Somebody called Eksempel, whose number begins with a 0 as no Norwegian number does."""
    first, second = draw.choice(_FIRST), draw.choice(_FIRST)
    email = f"{fold(first)}.{contact_id}@fylt.example"
    return {
        "id": contact_id,
        **_named(f"{first} {second} Eksempel"),
        "email": email,
        "email_key": email,
        "phone": f"+470{contact_id % 10_000_000:07}",
        "source": "Måling",
        "demo": True,
        "created_at": setting.now,
        "version": 1,
    }


def activity(draw: random.Random, activity_id: int, company_id: int, setting: Setting) -> Row:
    kind = draw.choice(tuple(Kind))
    happened = setting.now - timedelta(minutes=draw.randrange(1, _LONGEST_AGO))
    return {
        "id": activity_id,
        "company_id": company_id,
        "kind": kind,
        "outcome": None if kind is Kind.NOTE else draw.choice(_OUTCOMES),
        "happened_at": happened,
        "text": f"Snakket om {draw.choice(_TRADE).lower()} og {draw.choice(_TRADE).lower()}.",
        "by_id": draw.choice(setting.owners),
        "demo": True,
        "created_at": happened,
        "version": 1,
    }


def follow_up(draw: random.Random, company_id: int, owner_id: int, setting: Setting) -> Row:
    return {
        "company_id": company_id,
        "text": f"Ringe om {draw.choice(_TRADE).lower()}",
        "due_on": (setting.now + timedelta(days=draw.randrange(-20, 90))).date(),
        "owner_id": owner_id,
        "demo": True,
        "created_at": setting.now - timedelta(days=30),
        "version": 1,
    }


def _named(name: str) -> Row:
    return {"name": name, "name_key": fold(name), "sort_key": sort_key(name)}


def _is_contact(line: Row) -> bool:
    return line["kind"] is not Kind.NOTE and line["outcome"] is not Outcome.NOT_REACHED


def _age(line: Row) -> tuple[datetime, int]:
    return line["happened_at"], line["id"]
