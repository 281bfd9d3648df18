"""The mirror is a database of its own: it keeps nobody waiting, heals when killed, may be thrown away."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command as alembic
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company
from crm.events.models import Event
from crm.jobs import register_load, register_taking, worker
from crm.registry import operations as registry
from crm.registry import queries, tidings
from crm.registry.models import LoadState, RegisterLoad, Tiding, Unit
from crm.sources.units import Unit as Told
from crm.storage import copies, mirror, moving, schema
from crm.storage.engines import Database, open_database
from tests.register import Record, unit

NUMBERS = ("974760673", "983971709", "923609016")


def file_of(folder: Path, *records: Record) -> str:
    path = folder / "enheter.json.gz"
    path.write_bytes(gzip.compress(json.dumps(records).encode()))
    return str(path)


def load(database: Database, folder: Path, *records: Record, now: datetime) -> None:
    register_load.load_file(database, file_of(folder, *records), home="3420", now=lambda: now)


def follow(database: Database, number: str, now: datetime) -> None:
    with database.Write() as session:
        company = companies.company_of_unit(session, None, session.get_one(Unit, number), now=now)
        companies.follow(session, None, company, LeadDraft(), now=now)
        session.commit()


def counted(database: Database, table: type) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def here(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def on_sqlite(here: str) -> Database:
    return open_database(here)


def beside(address: str) -> Path:
    path = mirror.beside(make_url(address))
    assert path is not None
    return path


def test_others_save_while_a_load_is_under_way(on_sqlite: Database, now: datetime):
    with on_sqlite.Mirror() as loading:
        loading.execute(text("DELETE FROM register.units"))
        with on_sqlite.Write() as session:
            companies.create_company(session, None, CompanyDraft(name="Imens AS"), now=now)
            session.commit()
        loading.commit()
    assert counted(on_sqlite, Company) == 1


def test_our_own_sessions_cannot_write_the_mirror_nor_its_own_ours(on_sqlite: Database):
    with on_sqlite.Write() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("DELETE FROM register.units"))
    with on_sqlite.Mirror() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("DELETE FROM companies"))


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("where", ["before anything is passed on", "before it is struck out"])
def test_a_load_killed_between_the_two_files_is_made_whole_by_the_next_to_look(
    database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, where: str
):
    load(database, tmp_path, *map(unit, NUMBERS), now=now)
    follow(database, NUMBERS[0], now)
    later = now + timedelta(days=1)
    with monkeypatch.context() as killing:
        room, act = (tidings, "strike") if where == "before it is struck out" else (register_taking, "_hear")
        killing.setattr(room, act, kill_at_once)
        killing.setattr(register_load, "_fail", lambda *_given, **_named: None)
        with pytest.raises(Killed):
            load(database, tmp_path, unit(NUMBERS[0], navn="NYTT AS"), now=later)
    assert counted(database, Tiding) == 1
    worker.Worker(database, None, lambda: later).loads()
    worker.Worker(database, None, lambda: later).loads()
    assert (counted(database, Tiding), counted(database, Event)) == (0, 1)
    with database.Read() as session:
        assert session.scalars(select(Company.name)).all() == ["NYTT AS"]
        last = session.scalars(select(RegisterLoad).order_by(RegisterLoad.id.desc())).first()
        assert last is not None
        assert (last.state, last.changed) == (LoadState.DONE, 1)


def kill_at_once(*_given: object, **_named: object) -> None:
    raise Killed


def test_a_backup_leaves_the_mirror_out(on_sqlite: Database, here: str, tmp_path: Path, now: datetime):
    load(on_sqlite, tmp_path, *map(unit, NUMBERS), now=now)
    made = copies.make_copy(Path(str(make_url(here).database)), tmp_path / "copy.sqlite")
    assert "companies" in made.rows
    assert "units" not in made.rows


@pytest.mark.parametrize("how", ["thrown away", "damaged", "of another version"])
def test_the_mirror_can_be_lost_and_loaded_again(here: str, tmp_path: Path, now: datetime, how: str):
    opened = open_database(here)
    load(opened, tmp_path, *map(unit, NUMBERS), now=now)
    follow(opened, NUMBERS[0], now)
    opened.dispose()
    path = beside(here)
    if how == "thrown away":
        path.unlink()
    elif how == "damaged":
        path.write_bytes(b"no database at all" * 1000)
    else:
        lost = open_database(here)
        with lost.Mirror() as session:
            session.execute(text(f"PRAGMA register.user_version = {mirror.VERSION - 1}"))
            session.commit()
        lost.dispose()
    again = open_database(here)
    schema.upgrade(again.engine)
    assert (counted(again, Unit), counted(again, Company)) == (0, 1)
    load(again, tmp_path, *map(unit, NUMBERS), now=now)
    with again.Read() as session:
        assert [found.orgnr for found in queries.search(session, f"enhet {NUMBERS[1]}")] == [NUMBERS[1]]
    again.dispose()


def test_a_page_that_looks_before_the_mirror_is_made_anew_finds_it_empty(
    here: str, tmp_path: Path, now: datetime
):
    opened = open_database(here)
    load(opened, tmp_path, *map(unit, NUMBERS), now=now)
    opened.dispose()
    beside(here).unlink()
    assert counted(opened, Unit) == 0
    opened.dispose()


@pytest.mark.parametrize("killed", [False, True], ids=["at once", "killed between copying and dropping"])
def test_an_installation_with_the_mirror_among_its_own_tables_loses_nothing(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, killed: bool
):
    address = f"sqlite:///{tmp_path / 'old.sqlite'}"
    old = open_database(address)
    units = _as_it_was_before(old, now)
    if killed:
        with monkeypatch.context() as killing:
            killing.setattr(moving, "copy", _copied_and_killed)
            with pytest.raises(Killed):
                schema.upgrade(old.engine)
        assert schema.current(old.engine) not in {None, schema.newest()}
    assert schema.upgrade(old.engine) == schema.newest()
    assert schema.differences(old.engine) == []
    with old.Read() as session:
        assert {found.orgnr: found.digest for found in session.scalars(select(Unit))} == units
        assert [found.orgnr for found in queries.search(session, "fysio 923609016")] == []
        assert [found.orgnr for found in queries.search(session, "923609016")] == [NUMBERS[2]]
        tables = session.scalars(text("SELECT name FROM main.sqlite_master")).all()
    assert not [name for name in tables if name.startswith(("units", "find_unit", "sub_units"))]
    old.dispose()


def _copied_and_killed(engine: object, real=moving.copy) -> None:  # noqa: ANN001
    real(engine)
    raise Killed


def _as_it_was_before(old: Database, now: datetime) -> dict[str, bytes]:
    """Bring a database to the last schema that kept the mirror in it, with some units."""
    with old.engine.connect() as connection, connection.begin():
        alembic.upgrade(schema.settings(connection), f"{moving.MOVED}-1")
    with old.Mirror() as session:
        records = [Told(orgnr=number, name=f"ENHET {number} AS", form_code="AS") for number in NUMBERS]
        registry.load(session, records, source="test", now=now)
        session.commit()
        found = {unit.orgnr: unit.digest for unit in session.scalars(select(Unit))}
    columns = ", ".join(column.name for column in Unit.__table__.columns)
    with old.engine.connect() as connection, connection.begin():
        copied = f"INSERT INTO main.units ({columns}) SELECT {columns} FROM register.units"  # noqa: S608
        connection.execute(text(copied))
    with old.Mirror() as session:
        session.execute(text("DELETE FROM register.units"))
        session.commit()
    return found
