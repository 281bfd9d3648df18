"""A register file is taken in whole or not at all, and the ledger of loads tells which."""

from __future__ import annotations

import gzip
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft
from crm.companies.models import Company
from crm.errors import InvalidInput
from crm.events.models import Event
from crm.jobs import register_load, worker
from crm.registry import ledger, missing
from crm.registry.differences import News
from crm.registry.models import LoadState, RegisterLoad, SubUnit, Unit
from crm.storage.engines import Database

NUMBERS = ("974760673", "983971709", "923609016")


def record(orgnr: str, **more: Any) -> dict[str, Any]:
    return {
        "organisasjonsnummer": orgnr,
        "navn": f"ENHET {orgnr} AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {"kode": "86.950", "beskrivelse": "Fysioterapi"},
        **more,
    }


def bulk(folder: Path, *records: Any, name: str = "enheter.json.gz") -> str:
    path = folder / name
    path.write_bytes(gzip.compress(json.dumps(records).encode()))
    return str(path)


def loads(database: Database) -> list[RegisterLoad]:
    with database.Read() as session:
        return list(session.scalars(select(RegisterLoad).order_by(RegisterLoad.id)))


def count(database: Database, table: type = Unit) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_load_is_written_in_the_ledger_with_its_counts(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    path = bulk(tmp_path, *map(record, NUMBERS))
    kind, counts = register_load.load_file(database, path, now=lambda: now)
    assert (kind, counts.read, counts.new) == ("units", 3, 3)
    [load] = loads(database)
    assert (load.state, load.kind, load.source) == (LoadState.DONE, "units", "enheter.json.gz")
    assert (load.read, load.new, load.finished_at) == (3, 3, now)


def test_a_file_that_breaks_off_leaves_everything_as_it_was(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    register_load.load_file(database, bulk(tmp_path, record(NUMBERS[0])), now=lambda: now)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps([record(NUMBERS[1]), record(NUMBERS[2])])[:-40], encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"enhet nr\. 2"):
        register_load.load_file(database, str(broken), now=lambda: now)
    assert count(database) == 1
    assert [load.state for load in loads(database)] == [LoadState.DONE, LoadState.FAILED]
    assert "enhet nr. 2" in loads(database)[1].message


def test_another_kind_than_asked_for_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="underenheter"):
        register_load.load_file(database, bulk(tmp_path, record(NUMBERS[0])), kind="subunits")
    assert loads(database) == []


def test_our_companies_follow_the_register(database: Database, tmp_path: Path, now: datetime) -> None:
    path = bulk(tmp_path, *map(record, NUMBERS[:2]))
    register_load.load_file(database, path, now=lambda: now)
    with database.Write() as session:
        for orgnr in NUMBERS[:2]:
            companies.company_of_unit(session, None, session.get_one(Unit, orgnr), now=now)
        session.commit()
    gone = {"organisasjonsnummer": NUMBERS[1], "respons_klasse": "FjernetEnhet"}
    moved = record(NUMBERS[0], navn="NYTT NAVN AS", antallAnsatte=12)
    later = now + timedelta(days=1)
    _, counts = register_load.load_file(database, bulk(tmp_path, moved, gone), now=lambda: later)
    assert (counts.changed, counts.removed) == (1, 1)
    with database.Read() as session:
        kept, erased = session.scalars(select(Company).order_by(Company.id))
        assert (kept.name, kept.employees, kept.facts_at) == ("NYTT NAVN AS", 12, later)
        assert (erased.orgnr, erased.closed, erased.name) == (None, "removed", "Fjernet fra registeret")
    assert count(database) == 1


def test_a_killed_load_is_given_up_after_hours_and_no_sooner(database: Database, now: datetime) -> None:
    with database.Write() as session:
        ledger.begin_load(session, "units", "x", now=now)
        session.commit()
    assert register_load.give_up_abandoned(database, now=now + timedelta(hours=5)) == 0
    worker.Worker(database, None, lambda: now + timedelta(hours=7)).loads()
    [load] = loads(database)
    assert load.state is LoadState.FAILED
    assert "avbrutt" in load.message


@pytest.mark.realdata
def test_the_real_samples_load_and_load_again_unchanged(database: Database, shared_data: Path) -> None:
    folder = shared_data / "register"
    for name in ("2023-enheter", "2024-enheter", "enheter-selection", "2024-underenheter"):
        _, first = register_load.load_file(database, str(folder / f"{name}.json.gz"))
        _, again = register_load.load_file(database, str(folder / f"{name}.json.gz"))
        assert (first.rejected, again.rejected, again.new, again.changed) == (0, 0, 0, 0)
        assert again.unchanged == first.read - first.left_out
    assert (count(database), count(database, SubUnit)) == (2976, 1158)


def numbered(count: int) -> list[dict[str, Any]]:
    """Units with numbers that pass the control digit."""
    found: list[dict[str, Any]] = []
    for start in range(91_000_000, 92_000_000):
        digits = [int(digit) for digit in str(start)]
        check = 11 - sum(a * b for a, b in zip((3, 2, 7, 6, 5, 4, 3, 2), digits, strict=True)) % 11
        if check != 10:
            found.append(record(f"{start}{check % 11}"))
        if len(found) == count:
            break
    return found


def load_of(database: Database, folder: Path, *records: Any, now: datetime) -> Any:
    path = bulk(folder, *records)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return register_load.load_file(database, path, now=lambda: now)[1]


def living(database: Database) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count()).select_from(Unit).where(Unit.dissolved_on.is_(None))) or 0


def test_a_unit_missing_from_a_new_whole_file_is_closed_and_told_of(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    held = numbered(missing.SMALLEST_MIRROR)
    load_of(database, tmp_path, *held, now=now)
    gone = held[5]["organisasjonsnummer"]
    with database.Write() as session:
        company = companies.company_of_unit(session, None, session.get_one(Unit, gone), now=now)
        companies.follow(session, None, company, LeadDraft(), now=now)
        session.commit()
    later = now + timedelta(days=7)
    counts = load_of(database, tmp_path, *(one for one in held if one is not held[5]), now=later)
    assert (counts.changed, counts.left_open, living(database)) == (1, 0, len(held) - 1)
    with database.Read() as session:
        assert session.get_one(Unit, gone).dissolved_on == later.date()
        assert [event.news for event in session.scalars(select(Event))] == [News.DISSOLVED]


def test_a_file_that_lacks_too_many_closes_nobody(database: Database, tmp_path: Path, now: datetime) -> None:
    held = numbered(missing.SMALLEST_MIRROR)
    load_of(database, tmp_path, *held, now=now)
    counts = load_of(database, tmp_path, *held[:-30], now=now + timedelta(days=7))
    assert (counts.changed, counts.left_open, living(database)) == (0, 30, len(held))


def test_what_may_be_younger_than_the_file_stays_open(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    held = numbered(missing.SMALLEST_MIRROR + 1)
    load_of(database, tmp_path, *held[:-1], now=now)
    load_of(database, tmp_path, held[-1], now=now + timedelta(days=7))
    load_of(database, tmp_path, *held[:-1], now=now + timedelta(days=7, hours=1))
    assert living(database) == len(held)
