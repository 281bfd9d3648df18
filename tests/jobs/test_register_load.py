"""A register file is taken in whole or not at all, and the ledger of loads tells which."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm.companies import operations as companies
from crm.companies.models import Company
from crm.errors import InvalidInput
from crm.jobs import register_load, worker
from crm.registry import ledger
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
