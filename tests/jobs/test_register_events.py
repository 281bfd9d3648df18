"""What the register tells about companies we follow becomes dated events; counted against a plain script."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm.codes import operations as codes
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft
from crm.companies.models import Company
from crm.events.models import Event
from crm.history.models import Entry
from crm.jobs import register_load
from crm.registry.differences import News
from crm.registry.models import Unit
from crm.storage.engines import Database
from tests.register import Record, unit

NUMBERS = ("974760673", "983971709", "923609016")
ADDRESS = {
    "adresse": ["Storgata 1"],
    "postnummer": "2406",
    "poststed": "ELVERUM",
    "kommune": "ELVERUM",
    "kommunenummer": "3420",
    "land": "Norge",
}


def load(database: Database, folder: Path, *records: Record, now: datetime) -> None:
    path = folder / "enheter.json.gz"
    path.write_bytes(gzip.compress(json.dumps(records).encode()))
    register_load.load_file(database, str(path), home="3420", now=lambda: now)


def follow(database: Database, *numbers: str, now: datetime) -> None:
    with database.Write() as session:
        for number in numbers:
            company = companies.company_of_unit(session, None, session.get_one(Unit, number), now=now)
            companies.follow(session, None, company, LeadDraft(), now=now)
        session.commit()


def told(database: Database) -> list[tuple[News, date, str, str]]:
    with database.Read() as session:
        found = session.scalars(select(Event).order_by(Event.id))
        return [(event.news, event.happened_on, event.before, event.after) for event in found]


def test_events_are_told_of_exactly_those_we_follow_and_once(
    database: Database, tmp_path: Path, now: datetime
):
    load(database, tmp_path, *map(unit, NUMBERS), now=now)
    follow(database, NUMBERS[0], now=now)
    later = now + timedelta(days=1)
    changed = [unit(number, navn=f"NYTT {number} AS") for number in NUMBERS]
    load(database, tmp_path, *changed, now=later)
    assert told(database) == [
        (News.NEW_NAME, later.date(), f"ENHET {NUMBERS[0]} AS", f"NYTT {NUMBERS[0]} AS")
    ]
    load(database, tmp_path, *changed, now=later)
    assert len(told(database)) == 1


def test_a_flag_that_flips_twice_is_told_twice(database: Database, tmp_path: Path, now: datetime):
    load(database, tmp_path, unit(NUMBERS[0]), now=now)
    follow(database, NUMBERS[0], now=now)
    for day, bankrupt in enumerate((True, False, True, False), start=1):
        load(database, tmp_path, unit(NUMBERS[0], konkurs=bankrupt), now=now + timedelta(days=day))
    assert [news for news, *_ in told(database)] == [News.BANKRUPT, News.RECOVERED] * 2


def test_accounts_that_are_missing_are_told_once_from_august(
    database: Database, tmp_path: Path, now: datetime
):
    july, august = datetime(2026, 7, 31, 9, tzinfo=UTC), datetime(2026, 8, 1, 9, tzinfo=UTC)
    records = [unit(NUMBERS[0], sisteInnsendteAarsregnskap="2024"), unit(NUMBERS[1])]
    load(database, tmp_path, *records, now=july - timedelta(days=30))
    follow(database, *NUMBERS[:2], now=july)
    load(database, tmp_path, *records, now=july)
    assert told(database) == []
    load(database, tmp_path, *records, now=august)
    load(database, tmp_path, *records, now=august + timedelta(days=30))
    assert told(database) == [(News.ACCOUNTS_MISSING, date(2026, 8, 1), "", "2025")]


def test_what_was_removed_is_erased_from_the_events_and_the_trail_too(
    database: Database, tmp_path: Path, now: datetime
):
    load(database, tmp_path, unit(NUMBERS[0], navn="HEMMELIG NAVN AS"), now=now)
    follow(database, NUMBERS[0], now=now)
    load(database, tmp_path, unit(NUMBERS[0], navn="NYTT NAVN AS"), now=now + timedelta(days=1))
    gone = {"organisasjonsnummer": NUMBERS[0], "respons_klasse": "FjernetEnhet"}
    load(database, tmp_path, gone, now=now + timedelta(days=2))
    day = (now + timedelta(days=2)).date()
    assert told(database) == [(News.REMOVED, day, "", "")]
    with database.Read() as session:
        trail = json.dumps([entry.changes for entry in session.scalars(select(Entry))])
        assert session.scalars(select(Company)).one().closed == "removed"
    assert "NAVN" not in trail


# The plain script: two files read as they are, compared field by field, in terms of the register's own.


def _town(record: Record) -> tuple[str, str, str, str]:
    address = record.get("forretningsadresse") or record.get("postadresse") or {}
    street = ", ".join(line for line in address.get("adresse") or [] if line)
    code, place = address.get("postnummer") or "", address.get("poststed") or ""
    return (
        address.get("kommunenummer") or "",
        address.get("kommune") or address.get("land") or "",
        re.sub(r"[\W_]+", "", street).lower(),
        re.sub(r"[\W_]+", "", street + code + place).lower(),
    )


def _site(record: Record) -> str:
    return re.sub(r"^(https?://)?(www\.)?|/+$", "", (record.get("hjemmeside") or "").lower())


def plain(old: Record, new: Record, home: str) -> list[str]:
    found = []
    if old["navn"].lower().split() != new["navn"].lower().split():
        found.append("new_name")
    (number, town, street, whole), (number2, town2, street2, whole2) = _town(old), _town(new)
    if whole and whole2 and whole != whole2:
        if (number and number == number2) or town.lower() == town2.lower():
            found += ["moved_within"] if street != street2 else []
        else:
            found.append(
                "moved_out" if number == home else "moved_in" if number2 == home else "moved_elsewhere"
            )
    code, code2 = (record.get("naeringskode1", {}).get("kode") for record in (old, new))
    if code and code2 and code != code2:
        found.append("new_industry")
    staff, staff2 = (record.get("antallAnsatte") or 0 for record in (old, new))
    if staff >= 5 and staff2 >= 5:
        found += ["staff_doubled"] if staff2 >= 2 * staff else []
        found += ["staff_halved"] if staff >= 2 * staff2 else []
    if _site(new) and _site(new) != _site(old):
        found.append("new_home_page")
    flags = {
        "konkurs": "bankrupt",
        "underAvvikling": "winding_up",
        "underTvangsavviklingEllerTvangsopplosning": "forced_dissolution",
    }
    found += [name for flag, name in flags.items() if new.get(flag) and not old.get(flag)]
    if any(old.get(flag) for flag in flags) and not any(new.get(flag) for flag in flags):
        found.append("recovered")
    return found


def read(path: Path) -> dict[str, Record]:
    with gzip.open(path) as file:
        return {record["organisasjonsnummer"]: record for record in json.load(file)}


@pytest.mark.realdata
@pytest.mark.parametrize("home", ["0301", "3420"])
def test_the_two_years_differ_exactly_as_a_plain_script_says(
    database: Database, shared_data: Path, home: str
):
    first, second = (read(shared_data / "register" / f"{year}-enheter.json.gz") for year in (2023, 2024))
    expected: Counter[str] = Counter()
    for number, record in second.items():
        if number in first:
            expected.update(plain(first[number], record, home))
    now = datetime(2024, 12, 1, 9, tzinfo=UTC)
    last = {**first, **second}
    expected["accounts_missing"] = sum(
        int(last[number].get("sisteInnsendteAarsregnskap") or 9999) < 2023 and not last[number].get("konkurs")
        for number in first
    )
    with database.Write() as session:
        codes.ensure_starter(session)
        session.commit()
    folder = shared_data / "register"
    earlier = datetime(2023, 12, 1, 9, tzinfo=UTC)
    register_load.load_file(database, str(folder / "2023-enheter.json.gz"), home=home, now=lambda: earlier)
    follow(database, *first, now=earlier)
    register_load.load_file(database, str(folder / "2024-enheter.json.gz"), home=home, now=lambda: now)
    with database.Read() as session:
        counted: Any = session.execute(select(Event.news, func.count()).group_by(Event.news))
        assert {news.value: count for news, count in counted} == dict(+expected)
    assert expected["new_name"] > 10
