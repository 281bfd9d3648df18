"""The whole register at the press of a button: watched, stopped, and gone on with where it was."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm.errors import Conflict
from crm.jobs import register_whole, worker
from crm.registry import ledger
from crm.registry.models import LoadState, RegisterLoad, SubUnit, Unit
from crm.storage.engines import Database
from tests import register as fake
from tests.register import FakeRegister, sub_unit, unit

NUMBERS = ("974760673", "983971709")
PLACE = "923609016"


@pytest.fixture
def register(socket_enabled: None) -> Iterator[FakeRegister]:
    with fake.serving() as server:
        for number in NUMBERS:
            server.tell("Ny", unit(number))
        server.tell("Ny", sub_unit(PLACE, NUMBERS[0]))
        yield server


def ask(database: Database, now: datetime, file: str = "") -> int:
    with database.Write() as session:
        load_id = ledger.request_whole(session, file, now=now).id
        session.commit()
    return load_id


def load_of(database: Database, load_id: int) -> RegisterLoad:
    with database.Read() as session:
        return session.get_one(RegisterLoad, load_id)


def held(database: Database) -> tuple[int, int]:
    with database.Read() as session:
        units, places = (session.scalar(select(func.count()).select_from(one)) for one in (Unit, SubUnit))
    return units or 0, places or 0


def test_both_files_are_fetched_and_loaded_and_its_way_is_told(
    database: Database, register: FakeRegister, tmp_path: Path, now: datetime
):
    load_id = ask(database, now)
    assert ask(database, now) == load_id
    at_work = worker.Worker(database, register.api, lambda: now, instance=tmp_path)
    at_work.loads()
    done = load_of(database, load_id)
    assert (done.state, done.read, held(database)) == (LoadState.DONE, 3, (2, 1))
    assert (done.asked["kind"], done.asked["step"], done.asked["done"]) == ("units", "load", 2)
    again = ask(database, now)
    at_work.loads()
    assert (load_of(database, again).state, load_of(database, again).read) == (LoadState.DONE, 0)


def test_a_file_in_the_folder_is_loaded(database: Database, tmp_path: Path, now: datetime):
    (tmp_path / "register").mkdir()
    file = tmp_path / "register" / "enheter.json.gz"
    file.write_bytes(gzip.compress(json.dumps([unit(number) for number in NUMBERS]).encode()))
    load_id = ask(database, now, "enheter.json.gz")
    worker.Worker(database, None, lambda: now, instance=tmp_path).loads()
    assert (load_of(database, load_id).state, held(database)) == (LoadState.DONE, (2, 0))


def test_a_load_that_is_stopped_changes_nothing_and_says_so(
    database: Database, register: FakeRegister, tmp_path: Path, now: datetime
):
    load_id = ask(database, now)
    with database.Write() as session:
        found = session.get_one(RegisterLoad, load_id)
        found.asked = found.asked | {"stop": True}
        session.commit()
    with pytest.raises(Conflict):
        register_whole.run(database, register.api, load_id, tmp_path, now=lambda: now)
    stopped = load_of(database, load_id)
    assert (stopped.state, stopped.message, held(database)) == (LoadState.FAILED, ledger.STOPPED, (0, 0))


def test_one_whose_worker_fell_silent_is_taken_up_again(
    database: Database, register: FakeRegister, tmp_path: Path, now: datetime
):
    load_id = ask(database, now)
    with database.Write() as session:
        ledger.claim_load(session, load_id, now=now)
        session.commit()
    soon, late = now + timedelta(minutes=5), now + timedelta(minutes=20)
    assert register_whole.waiting(database, now=soon) == []
    assert register_whole.waiting(database, now=late) == [load_id]
    assert register_whole.run(database, register.api, load_id, tmp_path, now=lambda: late)
    assert held(database) == (2, 1)
