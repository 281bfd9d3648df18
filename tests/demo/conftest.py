"""The small world with the demo beside it, loaded once for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session, sessionmaker

from crm.demo.load import load_demo
from crm.storage.engines import Database
from tests.conftest import _rolled_back
from tests.world import NOW, World, build


@dataclass(frozen=True)
class Loaded:
    """Where the demo stands; whatever a session of it does is undone when it closes."""

    maker: sessionmaker[Session]
    world: World

    def world_in(self, session: Session) -> World:
        return World(**{name: session.merge(value) for name, value in vars(self.world).items()})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest) -> Iterator[Loaded]:
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    database: Database = request.getfixturevalue(name)
    with _rolled_back(database) as inside, inside.Write() as opened:
        world = build(opened)
        load_demo(opened, now=NOW, owner_id=world.developer.id)
        opened.commit()
        yield Loaded(inside.Write, world)
