"""Synthetic records for measuring: the same ones every time, written in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.activities.models import Activity, FollowUp, Kind, Outcome
from crm.codes import starter
from crm.companies.models import Company, FactsSource, Lead, Stage, lead_segments
from crm.contacts.models import CompanyRole, Contact
from crm.errors import Conflict
from crm.segments import queries as segments
from crm.spelling import fold, sort_key

_BLOCK = 2000
_FIRST = (
    "Nord",
    "Øst",
    "Ås",
    "Glåm",
    "Skog",
    "Hede",
    "Ær",
    "Trygg",
    "Fjell",
    "Sør",
    "Bær",
    "Elv",
    "Vik",
    "Lys",
)
_LAST = (
    "helse",
    "bygg",
    "teknikk",
    "omsorg",
    "sikring",
    "mat",
    "trening",
    "transport",
    "data",
    "verksted",
    "lab",
)
_PEOPLE = (
    "Kari",
    "Ola",
    "Åse",
    "Øyvind",
    "Ærlend",
    "Ingrid",
    "Per",
    "Fatima",
    "Jonas",
    "Sigrun",
    "Amir",
    "Liv",
)
_INDUSTRIES = (
    "86.210",
    "86.950",
    "62.100",
    "93.130",
    "80.010",
    "32.500",
    "41.000",
    "49.410",
    "56.110",
    "25.530",
)
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_ACTIVITIES, _PERSONS = 10, 2


def fill(session: Session, *, count: int, now: datetime) -> dict[str, int]:
    """Add ``count`` companies with leads, two persons and ten activities each; rows per table.

    Raises Conflict when there is nobody to own them.
    """
    owners = [user.id for user in session.scalars(accounts.colleagues())]
    if not owners:
        raise Conflict("Det er ingen brukere som kan eie virksomhetene. Inviter en først.")
    draw = random.Random(count)  # noqa: S311  (made-up records, the same every time)
    first = {table: _next_id(session, table) for table in (Company, Lead, Contact, Activity)}
    codes = [segment.id for segment in session.scalars(segments.segments())]
    made: dict[str, int] = {}
    pool = _Pool(owners, codes, _numbers(session), list(starter.municipalities()))
    for start in range(0, count, _BLOCK):
        block = range(start, min(start + _BLOCK, count))
        rows = _block_rows(draw, block, first, pool=pool, now=now)
        for table, table_rows in rows.items():
            session.execute(insert(table), table_rows)
            made[_name(table)] = made.get(_name(table), 0) + len(table_rows)
    return made


def _name(table: Any) -> str:
    return str(getattr(table, "__tablename__", None) or table.name)


def _next_id(session: Session, table: Any) -> int:
    return (session.scalar(select(func.max(table.id))) or 0) + 1


def _numbers(session: Session) -> Iterator[str]:
    """Valid numbers of the synthetic series that nobody has yet."""
    taken = set(session.scalars(select(Company.orgnr).where(Company.orgnr.startswith("2"))))
    for stem in range(20_000_000, 29_999_999):
        digits = [int(digit) for digit in str(stem)]
        check = -sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
        if check < 10 and f"{stem}{check}" not in taken:
            yield f"{stem}{check}"


@dataclass(frozen=True, slots=True)
class _Pool:
    """What the made-up records draw from."""

    owners: list[int]
    segments: list[int]
    numbers: Iterator[str]
    places: list[starter.Place]


def _block_rows(
    draw: random.Random, block: range, first: dict[Any, int], *, pool: _Pool, now: datetime
) -> dict[Any, list[dict[str, Any]]]:
    rows: dict[Any, list[dict[str, Any]]] = {}
    for number in block:
        company_id, lead_id = first[Company] + number, first[Lead] + number
        owner = draw.choice(pool.owners)
        rows.setdefault(Company, []).append(
            _company(draw, company_id, next(pool.numbers), draw.choice(pool.places), now)
        )
        log = list(_log(draw, company_id, first[Activity] + number * _ACTIVITIES, owner, now))
        rows.setdefault(Lead, []).append(_lead(draw, lead_id, company_id, owner, log, now))
        for segment in (
            draw.sample(pool.segments, draw.randint(1, len(pool.segments))) if pool.segments else []
        ):
            rows.setdefault(lead_segments, []).append({"lead_id": lead_id, "segment_id": segment})
        for person in range(_PERSONS):
            contact_id = first[Contact] + number * _PERSONS + person
            rows.setdefault(Contact, []).append(_person(draw, contact_id, now))
            role = {"contact_id": contact_id, "company_id": company_id, "title": "Daglig leder"}
            rows.setdefault(CompanyRole, []).append(role)
        rows.setdefault(Activity, []).extend(log)
        if number % 3 == 0:
            rows.setdefault(FollowUp, []).append(_follow_up(draw, company_id, owner, now))
    return rows


def _company(
    draw: random.Random, company_id: int, orgnr: str, place: starter.Place, now: datetime
) -> dict[str, Any]:
    name = f"{draw.choice(_FIRST)}{draw.choice(_LAST)} {company_id} AS"
    return {
        "id": company_id,
        "orgnr": orgnr,
        "name": name,
        "name_key": fold(name),
        "sort_key": sort_key(name),
        "form": "AS",
        "municipality_no": place.number,
        "municipality": place.name,
        "industry": draw.choice(_INDUSTRIES),
        "industry_standard": "SN2025",
        "industry_name": f"Virksomhet innen {draw.choice(_LAST)}",
        "employees": draw.choice([None, None, 5, 8, 12, 40, 150]),
        "purpose": f"Utvikling og salg av tjenester innen {draw.choice(_LAST)} og {draw.choice(_LAST)}.",
        "facts_source": FactsSource.DEMO,
        "facts_at": now,
        "demo": True,
        "created_at": now,
        "version": 1,
    }


def _log(
    draw: random.Random, company_id: int, first_id: int, owner: int, now: datetime
) -> Iterator[dict[str, Any]]:
    for line in range(_ACTIVITIES):
        kind = draw.choice(list(Kind))
        yield {
            "id": first_id + line,
            "company_id": company_id,
            "kind": kind,
            "outcome": None if kind is Kind.NOTE else draw.choice(list(Outcome)),
            "happened_at": now - timedelta(hours=draw.randint(1, 24 * 500)),
            "text": f"Snakket om {draw.choice(_LAST)} og {draw.choice(_LAST)}.",
            "by_id": owner,
            "demo": True,
            "created_at": now,
            "version": 1,
        }


def _lead(
    draw: random.Random, lead_id: int, company_id: int, owner: int, log: list[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    real = [
        line for line in log if line["kind"] is not Kind.NOTE and line["outcome"] is not Outcome.NOT_REACHED
    ]
    newest = max(real, key=lambda line: line["happened_at"], default=None)
    return {
        "id": lead_id,
        "company_id": company_id,
        "stage": draw.choice(list(Stage)),
        "stage_since": now,
        "owner_id": owner,
        "source": "Målepunkt",
        "resting_reason": "",
        "last_contact_at": newest["happened_at"] if newest else None,
        "last_contact_kind": newest["kind"].value if newest else None,
        "last_contact_by_id": owner if newest else None,
        "created_at": now,
        "version": 1,
    }


def _person(draw: random.Random, contact_id: int, now: datetime) -> dict[str, Any]:
    name = f"{draw.choice(_PEOPLE)} Eksempel {contact_id}"
    return {
        "id": contact_id,
        "name": name,
        "name_key": fold(name),
        "sort_key": sort_key(name),
        "source": "Målepunkt",
        "demo": True,
        "created_at": now,
        "version": 1,
    }


def _follow_up(draw: random.Random, company_id: int, owner: int, now: datetime) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "text": f"Ringe om {draw.choice(_LAST)}",
        "due_on": (now + timedelta(days=draw.randint(-20, 90))).date(),
        "owner_id": owner,
        "demo": True,
        "created_at": now,
        "version": 1,
    }
