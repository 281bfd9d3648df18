"""Bringing a database to the newest schema, and telling which one it has; old or new, never between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from crm.errors import Conflict
from crm.storage import mirror, moving
from crm.storage.base import Base
from crm.storage.finding import OURS

FOLDER = Path(__file__).parents[1] / "migrations"


def settings(connection: Connection | None = None) -> AlembicConfig:
    """Alembic's settings, all of them here: there is no ini file."""
    made = AlembicConfig()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option(
        "file_template", "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The revision this program needs."""
    head = ScriptDirectory.from_config(settings()).get_current_head()
    if head is None:
        raise Conflict("Programmet mangler migreringene sine. Installer det på nytt.")
    return head


def is_known(revision: str) -> bool:
    """Whether this program has a revision, and so can bring a database from it to the newest."""
    known = ScriptDirectory.from_config(settings()).walk_revisions()
    return any(found.revision == revision for found in known)


def current(engine: Engine) -> str | None:
    """The revision a database has; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> str:
    """Bring the database to the newest schema in one transaction; returns the revision.

    On SQLite the mirror's file is made ready first; an installation that kept the mirror among its own
    tables stops half-way, so that its units are whole in the new file before they leave the old one.
    """
    if path := _mirror_of(engine):
        mirror.make_ready(path)
        if moving.needed(engine):
            _step(engine, f"{moving.MOVED}-1")
            moving.copy(engine)
            _step(engine, "head")
            moving.tidy(engine)
    return _step(engine, "head")


def _mirror_of(engine: Engine) -> Path | None:
    return mirror.beside(engine.url) if engine.dialect.name == "sqlite" else None


def _step(engine: Engine, revision: str) -> str:
    opened = engine.connect().execution_options(sqlite_begin="IMMEDIATE")
    with opened as connection, without_references(connection), connection.begin():
        command.upgrade(settings(connection), revision)
        refuse_orphans(connection)
    return newest()


@contextmanager
def without_references(connection: Connection) -> Iterator[None]:
    """On SQLite, rows may point to nothing inside the block, so that a table rebuilt keeps its children."""
    if connection.dialect.name != "sqlite":
        yield
        return
    _raw(connection, "PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        _raw(connection, "PRAGMA foreign_keys=ON")


def write_revision(engine: Engine, what: str) -> str:
    """Write a migration file for the difference between models and database; returns its path."""
    with engine.connect() as connection:
        made = command.revision(settings(connection), what, autogenerate=True)
    scripts = made if isinstance(made, list) else [made]
    return ", ".join(str(script.path) for script in scripts if script)


def in_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models know such a table or index; those that text is found by are in migrations alone."""
    if kind == "schema":
        return name in {None, mirror.NAME}
    return not (kind in {"table", "index"} and (name or "").removeprefix("ix_").startswith(OURS))


def differences(engine: Engine) -> list[str]:
    """What the models say and the migrated database lacks, or the other way round."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": in_models, "include_schemas": True}
        context = MigrationContext.configure(connection, opts=opts)
        return [str(found) for found in compare_metadata(context, Base.metadata)]


def _raw(connection: Connection, statement: str) -> None:
    """A pragma outside any transaction, where alone it takes effect."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statement)


def refuse_orphans(connection: Connection) -> None:
    """Conflict where a row on SQLite points to one that is not there; PostgreSQL looks itself."""
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise Conflict(
            "Oppgraderingen ble stanset: %(count)s rader peker på noe som ikke finnes.", count=len(orphans)
        )
