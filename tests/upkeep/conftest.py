"""An installation of its own to examine: a folder, a database on the newest schema, and its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from config import Config
from crm.history.models import Entry
from crm.storage import schema
from crm.storage.engines import Database, open_database
from crm.upkeep import doctor
from crm.upkeep.doctor import Patient
from crm.upkeep.finding import Finding
from tests import world as worlds
from tests.world import NOW

KEY = "a key for tests alone, never for anything else"


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    (folder / "crm.sqlite").touch(mode=0o600)
    return Config(secret_key=KEY, instance=folder, offline=True)


@pytest.fixture
def database(settings: Config) -> Iterator[Database]:
    opened = open_database(settings.resolved_database_url)
    schema.upgrade(opened.engine)
    yield opened
    opened.dispose()


@pytest.fixture
def small(database: Database) -> Database:
    """The small world in it."""
    with database.Write() as session:
        worlds.build(session)
        session.execute(update(Entry).values(at=NOW))
        session.commit()
    return database


@pytest.fixture
def looked_at(settings: Config, database: Database) -> Callable[..., dict[str, Finding]]:
    """What the doctor finds, by name."""

    def look(
        *, thorough: bool = False, now: object = NOW, reach: Callable[[], object] = int
    ) -> dict[str, Finding]:
        patient = Patient(settings, database, now, reach, thorough=thorough)  # type: ignore[arg-type]
        return {one.name: one for one in doctor.examine(patient)}

    return look
