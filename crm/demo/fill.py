"""Synthetic records for measuring: the same ones every time, written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.activities.models import Activity, FollowUp
from crm.codes import queries as codes
from crm.companies.models import Company, Lead, lead_segments
from crm.contacts.models import CompanyRole, Contact
from crm.demo import content, made_up
from crm.demo.cast import ensure_colleagues
from crm.demo.made_up import ACTIVITIES, PERSONS, Row, Setting
from crm.segments import queries as segments
from crm.storage.base import Base

_BATCH = 500
_PLANNED = 3
Rows = dict[str, list[Row]]


def fill(session: Session, *, count: int, now: datetime) -> dict[str, int]:
    """Add ``count`` companies with leads, two persons and ten activities each; how many rows, by table.

    Run again it goes on with the next numbers. The demo's colleagues share the work with everybody here.
    """
    ensure_colleagues(session)
    setting = _setting(session, now)
    first = _reserve(session, count)
    made: dict[str, int] = defaultdict(int)
    numbers = enumerate(islice(_free_numbers(session), count))
    while batch := list(islice(numbers, _BATCH)):
        for table, rows in _rows(batch, first, setting).items():
            session.execute(insert(_table(table)), rows)
            made[table] += len(rows)
    return dict(made)


def _setting(session: Session, now: datetime) -> Setting:
    places = [made_up.Place(town.number, town.name) for town in session.scalars(codes.municipalities())]
    return Setting(
        owners=[user.id for user in session.scalars(accounts.colleagues())],
        segments=[segment.id for segment in session.scalars(segments.segments())],
        places=places or [made_up.Place("3420", "Elverum")],
        now=now,
    )


def _free_numbers(session: Session) -> Iterator[str]:
    ours = session.scalars(select(Company.orgnr).where(Company.orgnr.startswith("2")))
    return made_up.numbers(taken=content.numbers() | {number for number in ours if number})


def _reserve(session: Session, count: int) -> dict[str, int]:
    """The first free id of each table; PostgreSQL's counters are moved past what we shall take."""
    wanted: list[tuple[Any, int]] = [(Company, 1), (Lead, 1), (Contact, PERSONS), (Activity, ACTIVITIES)]
    first: dict[str, int] = {}
    for model, each in wanted:
        name = model.__tablename__
        first[name] = (session.scalar(select(func.max(model.id))) or 0) + 1
        if session.get_bind().dialect.name == "postgresql":
            last = first[name] + count * each
            session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))
    return first


def _rows(batch: list[tuple[int, str]], first: dict[str, int], setting: Setting) -> Rows:
    """The rows of a batch by table, parents before children."""
    tables = (Company, Lead, lead_segments, Contact, CompanyRole, Activity, FollowUp)
    rows: Rows = {_name(table): [] for table in tables}
    for place, orgnr in batch:
        _add_company(rows, place, orgnr, first, setting)
    return {table: made for table, made in rows.items() if made}


def _add_company(rows: Rows, place: int, orgnr: str, first: dict[str, int], setting: Setting) -> None:
    draw = made_up.draw_for(int(orgnr))
    company_id, lead_id = first["companies"] + place, first["leads"] + place
    beginning = first["activities"] + place * ACTIVITIES
    log = [made_up.activity(draw, beginning + line, company_id, setting) for line in range(ACTIVITIES)]
    lead = made_up.lead(draw, lead_id, company_id, log, setting)
    rows["companies"].append(made_up.company(draw, company_id, orgnr, setting))
    rows["leads"].append(lead)
    rows["lead_segments"] += made_up.lead_segments(draw, lead_id, setting)
    rows["activities"] += log
    for contact_id in range(first["contacts"] + place * PERSONS, first["contacts"] + (place + 1) * PERSONS):
        rows["contacts"].append(made_up.person(draw, contact_id, setting))
        role = {"contact_id": contact_id, "company_id": company_id, "title": "Daglig leder"}
        rows["company_roles"].append(role)
    if place % _PLANNED == 0:
        rows["follow_ups"].append(made_up.follow_up(draw, company_id, lead["owner_id"], setting))


def _name(table: Any) -> str:
    return str(table.name if isinstance(table, Table) else table.__tablename__)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
