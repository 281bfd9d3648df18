"""Every row moves from either database to the other with the same fingerprint, or nothing does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from config import Config
from crm import clock
from crm.app import create_app
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.companies.models import Company
from crm.errors import Conflict, InvalidInput
from crm.storage import backups, schema, transfer
from crm.storage.engines import Database, open_database
from crm.storage.hashes import Tally, tallies
from tests.upkeep.conftest import KEY
from tests.upkeep.test_doctor import change

ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(small: Database) -> Database:
    """The small world."""
    return small


@pytest.fixture
def other(fresh_postgres_url: str) -> Iterator[Database]:
    opened = open_database(fresh_postgres_url)
    yield opened
    opened.dispose()


def held(database: Database) -> dict[str, Tally]:
    with database.engine.connect() as connection:
        return dict(tallies(connection))


def is_empty(database: Database) -> bool:
    return {one.rows for one in held(database).values()} == {0}


def test_all_rows_go_to_postgresql_and_back_the_same(filled: Database, other: Database, tmp_path: Path):
    before = held(filled)
    assert transfer.move(filled.engine, other.engine) == before
    assert held(other) == before
    back = open_database(f"sqlite:///{tmp_path / 'back.sqlite'}")
    assert transfer.move(other.engine, back.engine) == before
    assert held(back) == before
    back.dispose()
    assert held(filled) == before
    assert schema.differences(other.engine) == []
    with pytest.raises(Conflict, match="rader"):
        transfer.move(filled.engine, other.engine)
    assert held(other) == before


def test_new_rows_are_numbered_after_those_that_came(filled: Database, other: Database):
    transfer.move(filled.engine, other.engine)
    with other.Write() as session:
        highest = session.scalar(select(func.max(Company.id)))
        made = companies.create_company(session, None, CompanyDraft(name="Ny AS"), now=clock.now())
        assert highest is not None
        assert made.id == highest + 1
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE contacts SET id = id + 100000"))


def test_dirty_rows_are_named_before_anything_moves(filled: Database, other: Database):
    change(filled, "UPDATE companies SET municipality = 'a' || char(0) WHERE id = 1")
    with pytest.raises(Conflict, match=r"companies\.municipality"):
        transfer.move(filled.engine, other.engine)
    assert schema.current(other.engine) is None


MOVE = """
import sys
from crm.cli import commands
from crm.storage import transfer
from crm.storage.engines import open_database
source, target = open_database(sys.argv[1]), open_database(sys.argv[2])
print("ready", flush=True)
transfer.move(source.engine, target.engine)
"""


@pytest.mark.parametrize("way", ["to postgresql", "to sqlite"])
def test_a_move_that_is_killed_leaves_nothing_and_goes_through_the_next_time(
    filled: Database, other: Database, tmp_path: Path, way: str
):
    source, target = filled, other
    if way == "to sqlite":
        transfer.move(filled.engine, other.engine)
        source, target = other, open_database(f"sqlite:///{tmp_path / 'target.sqlite'}")
    addresses = [str(each.engine.url.render_as_string(hide_password=False)) for each in (source, target)]
    for after in (0.05, 0.6, 1.2):
        with subprocess.Popen(
            [sys.executable, "-c", MOVE, *addresses],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        ) as mover:
            assert mover.stdout
            mover.stdout.readline()
            time.sleep(after)
            mover.send_signal(signal.SIGKILL)
        if schema.current(target.engine) and not is_empty(target):
            assert held(target) == held(source)
    if not schema.current(target.engine) or is_empty(target):
        transfer.move(source.engine, target.engine)
    assert held(target) == held(source)
    if way == "to sqlite":
        target.dispose()


def test_postgresql_is_backed_up_to_a_file_that_either_database_takes_back(
    filled: Database, other: Database, tmp_path: Path
):
    transfer.move(filled.engine, other.engine)
    before, copy = held(other), tmp_path / "copy.backup"
    made = backups.make(other, copy)
    with other.Write() as session:
        session.execute(delete(Company))
        session.commit()
    found, kept = backups.put_back(other, copy, beside=tmp_path, stamp="before")
    assert held(other) == before
    assert found == made
    assert kept
    assert backups.copies.examine(kept).rows["companies"] == 0
    with filled.Write() as session:
        session.execute(delete(Company))
        session.commit()
    backups.put_back(filled, copy, beside=tmp_path, stamp="before")
    assert held(filled) == before
    copy.write_bytes(copy.read_bytes().replace(b"Rullestolverkstedet", b"Rullestolverkstedex"))
    with pytest.raises(InvalidInput, match="skadet"):
        backups.put_back(other, copy, beside=tmp_path, stamp="again")
    assert held(other) == before


def test_one_changed_letter_in_a_backup_is_noticed(filled: Database, tmp_path: Path):
    copy = tmp_path / "copy.backup"
    backups.make(filled, copy)
    whole = copy.read_bytes()
    at = whole.index(b"Utvikling, produksjon og reparasjon av rullestoler")
    copy.write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    with pytest.raises(InvalidInput, match="skadet"):
        backups.copies.examine(copy)


@pytest.fixture
def command(settings: Config, filled: Database) -> Iterator[Callable[..., Result]]:
    made: Flask = create_app(settings)
    yield lambda *words: made.test_cli_runner().invoke(args=[str(word) for word in words])
    made.extensions["crm.database"].dispose()


def test_the_command_tells_rows_and_hash(command: Callable[..., Result], fresh_postgres_url: str):
    done = command("db", "move", fresh_postgres_url)
    assert done.exit_code == 0, done.stderr
    assert "companies: 2 rows" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1].startswith("hash: ")
    again = command("db", "move", fresh_postgres_url)
    assert (again.exit_code, len(again.stderr.splitlines())) == (1, 1)


def test_the_command_refuses_while_a_worker_is_at_work(
    command: Callable[..., Result], filled: Database, tmp_path: Path
):
    from crm.upkeep import operations  # noqa: PLC0415

    with filled.Write() as session:
        operations.note_swept(session, "machine:1", now=clock.now())
        session.commit()
    done = command("db", "move", f"sqlite:///{tmp_path / 'target.sqlite'}")
    assert (done.exit_code, "Stop the program" in done.stderr) == (1, True)
    assert not (tmp_path / "target.sqlite").exists()


def test_an_address_that_is_none_gives_one_line(command: Callable[..., Result]):
    done = command("db", "move", "nonsense")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert KEY not in done.stderr
