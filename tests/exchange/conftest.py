"""Databases of their own that an import may commit to, with the small world in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from crm.codes import operations as codes
from crm.storage import schema
from crm.storage.engines import Database, open_database
from tests import world as worlds


def _prepared(url: str) -> None:
    opened = open_database(url)
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        codes.ensure_starter(session)
        worlds.build(session)
        session.commit()
    opened.dispose()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "crm.sqlite"
    _prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str) -> str:
    _run(postgres_url, "CREATE DATABASE import_template")
    _prepared(_named(postgres_url, "import_template"))
    return postgres_url


def _run(url: str, statement: str) -> None:
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(statement))
    server.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def _sqlite_copy(_sqlite_template: Path, tmp_path: Path) -> str:
    copy = tmp_path / "crm.sqlite"
    shutil.copyfile(_sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def _postgres_copy(_postgres_template: str, tmp_path: Path) -> Iterator[str]:
    name = f"import_{abs(hash(tmp_path)):x}"
    _run(_postgres_template, f"CREATE DATABASE {name} TEMPLATE import_template")
    yield _named(_postgres_template, name)
    _run(_postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database of each kind in turn, with the small world."""
    kind = "_sqlite_copy" if request.param == "sqlite" else "_postgres_copy"
    return str(request.getfixturevalue(kind))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.dispose()
