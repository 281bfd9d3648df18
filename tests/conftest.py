"""Databases made by the migrations, one savepoint a test; a signed-in client; counted statements."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from crm import clock
from crm.accounts import operations as accounts
from crm.accounts.models import User
from crm.app import create_app
from crm.cli.db import upgrade_database
from crm.storage import mirror, schema
from crm.storage.engines import OURS, Database, open_database, sqlite_engine
from tests import world as worlds

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CRM_SHARED_DATA", ROOT.parent / "shared" / "data"))
KEY = "a key for tests alone, never for anything else"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgresql" in item.nodeid:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The reference data, where the machine has it."""
    if not SHARED.is_dir():
        pytest.skip(f"no reference data at {SHARED}; set CRM_SHARED_DATA to where it lies")
    return SHARED


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'crm.sqlite'}")
    schema.upgrade(opened.engine)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL from its wheel; skipped aloud where the wheel does not run."""
    pgserver = pytest.importorskip("pgserver", reason="the PostgreSQL wheel is not installed")
    try:
        server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    except Exception as error:  # noqa: BLE001  (whatever stops it, the reader must see it)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    schema.upgrade(opened.engine)
    yield opened
    opened.dispose()


@pytest.fixture
def fresh_postgres_url(postgres_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL database of a test's own."""
    name = f"fresh_{abs(hash(tmp_path)):x}"
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """Each database in turn."""
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@contextmanager
def _rolled_back(database: Database) -> Iterator[Database]:
    """The same database inside one outer transaction that is always undone."""
    engine = _whole(database)
    with engine.connect() as connection:
        outer = connection.begin()
        maker = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        yield Database(engine=engine, Read=maker, Write=maker, Mirror=maker)
        outer.rollback()
    if engine is not database.engine:
        engine.dispose()


def _whole(database: Database) -> Engine:
    """One engine that writes both our tables and the mirror's, so that one savepoint undoes both."""
    if database.beside is None:
        return database.engine
    return sqlite_engine(database.engine.url, writes=frozenset({OURS, mirror.NAME}))


@pytest.fixture
def session(any_database: Database) -> Iterator[Session]:
    """A session on each database; whatever happens in it is undone."""
    with _rolled_back(any_database) as inside, inside.Write() as opened:
        yield opened


@pytest.fixture
def world(session: Session) -> worlds.World:
    """The small world, on each database."""
    return worlds.build(session)


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    config = Config(secret_key=KEY, instance=tmp_path_factory.mktemp("instance"), env="test", offline=True)
    made = create_app(config)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with made.app_context():
        upgrade_database()
    return made


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The program on SQLite; what a test's requests commit is undone after it."""
    real = _app.extensions["crm.database"]
    with _rolled_back(real) as inside:
        _app.extensions["crm.database"] = inside
        yield _app
    _app.extensions["crm.database"] = real


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session beside the program's own, to prepare and to look."""
    with app.extensions["crm.database"].Write() as opened:
        yield opened


@pytest.fixture
def site(db: Session) -> worlds.World:
    """The small world, committed where the program sees it."""
    made = worlds.build(db)
    db.commit()
    return made


@pytest.fixture
def sign_in(app: Flask, db: Session) -> Callable[[User], FlaskClient]:
    """A client signed in as a user."""

    def client_of(user: User) -> FlaskClient:
        token = accounts.open_session(db, user, now=clock.now())
        db.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    return client_of


@pytest.fixture
def developer(sign_in: Callable[[User], FlaskClient], site: worlds.World) -> FlaskClient:
    return sign_in(site.developer)


@pytest.fixture
def reader(sign_in: Callable[[User], FlaskClient], site: worlds.World) -> FlaskClient:
    return sign_in(site.reader)


@pytest.fixture
def administrator(sign_in: Callable[[User], FlaskClient], site: worlds.World) -> FlaskClient:
    return sign_in(site.administrator)


@pytest.fixture
def stranger(app: Flask, site: worlds.World) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SELECT, INSERT, UPDATE and DELETE the program sends while a test runs."""
    seen: list[str] = []
    engine = app.extensions["crm.database"].engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split(" ", 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
