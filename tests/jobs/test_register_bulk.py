"""The whole file is fetched once, loaded, and followed on from the day the register wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.errors import CrmError, UpstreamError
from crm.jobs import register_bulk
from crm.registry.models import FeedPosition, Unit
from crm.storage.engines import Database
from tests import register as fake
from tests.register import FakeRegister, Hostile, unit

NUMBERS = ("974760673", "983971709")


@pytest.fixture
def register(socket_enabled: None) -> Iterator[FakeRegister]:
    with fake.serving() as server:
        for number in NUMBERS:
            server.tell("Ny", unit(number))
        yield server


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


def units(database: Database) -> int:
    with database.Read() as session:
        return len(session.scalars(select(Unit)).all())


def test_the_file_is_loaded_and_followed_from_a_day_before_it_was_written(
    database: Database, register: FakeRegister, tmp_path: Path
):
    told: list[tuple[int, int | None]] = []
    counts = register_bulk.fetch_and_load(
        database, register.api, "units", tmp_path / "r", progress=lambda *so_far: told.append(so_far)
    )
    assert counts
    assert (counts.new, units(database)) == (2, 2)
    assert told[-1][0] == told[-1][1]
    with database.Read() as session:
        since = session.get_one(FeedPosition, "enheter").since
    assert since == datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_a_file_that_was_loaded_is_not_fetched_again_until_there_is_a_newer(
    database: Database, register: FakeRegister, tmp_path: Path
):
    assert register_bulk.fetch_and_load(database, register.api, "units", tmp_path)
    assert register_bulk.fetch_and_load(database, register.api, "units", tmp_path) is None
    register.tell("Ny", unit("923609016"))
    counts = register_bulk.fetch_and_load(database, register.api, "units", tmp_path)
    assert counts
    assert (counts.new, counts.unchanged) == (1, 2)


def test_a_file_that_could_not_be_loaded_is_fetched_again(
    database: Database, register: FakeRegister, tmp_path: Path
):
    register.hostile["enheter/lastned"] = Hostile(body=b"<html>", headers={"ETag": '"x"'})
    with pytest.raises(CrmError):
        register_bulk.fetch_and_load(database, register.api, "units", tmp_path)
    assert units(database) == 0
    register.hostile.clear()
    assert register_bulk.fetch_and_load(database, register.api, "units", tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        Hostile(status=503, headers={"Retry-After": "0"}),
        Hostile(status=302, headers={"Location": "http://127.0.0.1:1/"}),
        Hostile(body=b"\x1f\x8b", headers={"Content-Length": "1000"}),
    ],
)
def test_a_failing_register_leaves_the_mirror_and_the_last_file_alone(
    database: Database, register: FakeRegister, tmp_path: Path, answer: Hostile
):
    register_bulk.fetch_and_load(database, register.api, "units", tmp_path)
    kept = (tmp_path / "enheter.json.gz").read_bytes()
    register.hostile["enheter/lastned"] = answer
    with pytest.raises(UpstreamError):
        register_bulk.fetch_and_load(database, register.api, "units", tmp_path)
    assert units(database) == 2
    assert (tmp_path / "enheter.json.gz").read_bytes() == kept
    with pytest.raises(UpstreamError, match="CRM_OFFLINE"):
        register_bulk.fetch_and_load(database, None, "units", tmp_path)
