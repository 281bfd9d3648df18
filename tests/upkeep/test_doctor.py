"""The doctor names each fault and its cure, and finds nothing wrong where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from config import Config
from crm.history.models import Entry
from crm.registry.models import FeedPosition
from crm.storage.engines import Database, driver
from crm.upkeep import machine, operations
from crm.upkeep.finding import Finding, Level
from crm.upkeep.models import Backup, BackupState, Duty
from tests.world import NOW, TODAY

Look = Callable[..., dict[str, Finding]]


def in_order(database: Database) -> None:
    """A worker at work, a fresh register and a backup of this night."""
    with database.Mirror() as session:
        session.add(FeedPosition(register="enheter", since=NOW, read_at=NOW))
        session.commit()
    with database.Write() as session:
        operations.note_swept(session, "machine:1", now=NOW)
        session.add(
            Backup(night=TODAY, state=BackupState.DONE, started_at=NOW, finished_at=NOW, file="crm.backup")
        )
        session.commit()


def change(database: Database, statement: str) -> None:
    """Change rows behind the program's back, with no rule of the database in the way."""
    path = str(machine.database_file(database))
    with driver.connect(path, isolation_level=None) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(statement)
    raw.close()


def test_an_installation_in_order_has_no_fault(looked_at: Look, database: Database):
    in_order(database)
    found = looked_at(thorough=True, now=NOW + timedelta(minutes=1))
    assert [one.name for one in found.values() if one.level is not Level.FINE] == ["mail"]


def test_each_thing_that_is_not_done_is_named_with_its_cure(looked_at: Look, small: Database):
    found = looked_at(now=NOW)
    assert {name for name, one in found.items() if one.level is Level.FAULT} == {"worker", "round"}
    assert {name for name, one in found.items() if one.level is Level.NOTE} == {"backup", "mail", "register"}
    assert all(one.cure for one in found.values() if one.level is not Level.FINE)


@pytest.mark.parametrize(
    ("later", "faults"),
    [
        (timedelta(minutes=2), set()),
        (timedelta(minutes=4), {"worker"}),
        (timedelta(days=4), {"worker", "backup"}),
    ],
)
def test_silence_becomes_a_fault_with_time(
    looked_at: Look, database: Database, later: timedelta, faults: set[str]
):
    in_order(database)
    found = looked_at(now=NOW + later)
    assert {name for name, one in found.items() if one.level is Level.FAULT} == faults


def test_a_worker_that_left_is_missed_at_once(looked_at: Look, database: Database):
    in_order(database)
    with database.Write() as session:
        operations.note_gone(session, "machine:1")
        session.commit()
    assert looked_at()["worker"].level is Level.FAULT


def test_a_process_silent_for_a_day_is_forgotten(database: Database):
    with database.Write() as session:
        operations.note_alive(session, "machine:1", Duty.WEB, now=NOW)
        operations.note_alive(session, "machine:2", Duty.WEB, now=NOW + timedelta(days=2))
        session.commit()
        assert session.execute(text("SELECT name FROM processes")).scalars().all() == ["machine:2"]


def test_an_old_schema_and_a_newer_one_are_told_apart(looked_at: Look, database: Database):
    change(database, "UPDATE alembic_version SET version_num = '94ce10d7b8f5'")
    assert "db upgrade" in looked_at()["schema"].cure
    change(database, "UPDATE alembic_version SET version_num = 'ffffffffffff'")
    assert "nyere" in looked_at()["schema"].said


def test_a_database_without_tables_is_told_so(looked_at: Look, database: Database):
    change(database, "DROP TABLE user_sessions")
    change(database, "DROP TABLE users")
    assert "db upgrade" in looked_at()["database"].cure


@contextmanager
def locked(database: Database) -> Iterator[None]:
    other = driver.connect(str(machine.database_file(database)), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_a_locked_database_is_told_and_what_can_be_read_is_still_looked_at(
    looked_at: Look, database: Database
):
    with locked(database):
        found = looked_at()
    assert found["database"].said == "Databasen er opptatt."
    assert looked_at()["database"].level is Level.FINE


@pytest.mark.parametrize(
    ("statement", "place", "rule"),
    [
        ("UPDATE companies SET name = 'a' || char(0)", "companies.name", "inneholder et null-tegn"),
        ("UPDATE companies SET name = x'41'", "companies.name", "er ikke tekst"),
        ("UPDATE companies SET employees = 'mange'", "companies.employees", "er ikke et helt tall"),
        ("UPDATE users SET active = 7", "users.active", "er verken ja eller nei"),
        ("UPDATE history SET changes = '{'", "history.changes", "er ikke gyldig JSON"),
        ("UPDATE history SET at = 'i går'", "history.at", "er ikke et tidspunkt"),
        (
            "UPDATE companies SET municipality_no = '34200000000000000000000'",
            "companies.municipality_no",
            "er for lang",
        ),
        ("UPDATE contacts SET id = 4711", "company_roles.contacts", "peker på noe som ikke finnes"),
    ],
)
def test_a_dirty_row_is_found_where_it_lies(
    looked_at: Look, small: Database, statement: str, place: str, rule: str
):
    change(small, statement)
    found = looked_at(thorough=True)
    values = found["rows"].values
    assert (values["place"], values["rule"]) == (place, rule)


def test_a_file_with_damage_is_told_by_a_thorough_look(looked_at: Look, small: Database):
    path = machine.database_file(small)
    assert path
    small.dispose()
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 40_000] = b"\xff" * 40_000
    path.write_bytes(whole)
    found = looked_at(thorough=True)
    assert any(one.level is Level.FAULT and "skadet" in one.said for one in found.values())


def test_a_queue_out_of_reach_is_worth_knowing_and_no_fault(looked_at: Look, database: Database):
    def out_of_reach() -> None:
        raise ConnectionRefusedError

    assert looked_at(reach=out_of_reach)["queue"].level is Level.NOTE


def test_files_that_others_may_read_are_named(looked_at: Look, settings: Config):
    (settings.instance / "crm.sqlite").chmod(0o644)
    assert "crm.sqlite" in str(looked_at()["files"].values["files"])


def test_a_clock_behind_what_was_written_is_told(looked_at: Look, database: Database):
    with database.Write() as session:
        session.add(Entry(at=NOW + timedelta(hours=1), action="x", subject="x", subject_id=1, changes={}))
        session.commit()
    assert looked_at()["clock"].values["minutes"] == 60


def test_a_learned_model_whose_seal_is_broken_is_told(looked_at: Look, settings: Config):
    place = settings.instance / "models" / "weights" / "000001"
    place.mkdir(parents=True)
    (place / "model.json").write_text('{"seal": "x", "arrays": {}}', encoding="utf-8")
    assert str(looked_at()["models"].values["place"]) == str(place)


def test_a_missing_folder_is_told(looked_at: Look, settings: Config, database: Database, tmp_path: Path):
    database.dispose()
    settings.instance.rename(tmp_path / "elsewhere")
    found = looked_at()
    assert found["database"].level is Level.FAULT
    assert found["disk"].level is Level.FAULT
