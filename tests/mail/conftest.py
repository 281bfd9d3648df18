"""A database of its own that the sending may commit to, and somebody to write to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.notices import reader_of
from crm.accounts.permissions import Role
from crm.mail.drafts import Reader
from crm.storage import schema
from crm.storage.engines import Database, open_database


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mail") / "crm.sqlite"
    opened = open_database(f"sqlite:///{path}")
    schema.upgrade(opened.engine)
    opened.dispose()
    return path


@pytest.fixture
def url(_migrated: Path, tmp_path: Path) -> str:
    copy = tmp_path / "crm.sqlite"
    shutil.copyfile(_migrated, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def reader(database: Database) -> Reader:
    with database.Write() as session:
        draft = UserDraft(email="kari@example.org", name="Kari Eksempel", role=Role.DEVELOPER)
        user = accounts.create_user(session, None, draft)
        session.commit()
        return reader_of(user)


@pytest.fixture
def fresh_postgres_url(postgres_url: str, tmp_path: Path) -> Iterator[str]:
    name = f"fresh_{abs(hash(tmp_path)):x}"
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
