"""The database's schema: bring it up to date, or tell whether it is."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from crm import clock
from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.codes import operations as codes
from crm.privacy.again import erase_again
from crm.segments import operations as segments
from crm.storage import schema, transfer
from crm.storage.engines import open_database
from crm.storage.hashes import one_hash
from crm.storage.preflight import dirty_rows
from crm.upkeep import queries as upkeep
from crm.upkeep.machine import database_file
from crm.upkeep.models import Duty

group = AppGroup("db", help="The database's schema.")


def upgrade_database() -> str:
    """Newest schema, and the few rows a new installation begins with; returns the revision."""
    settings().instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_to_ourselves()
    revision = schema.upgrade(database().engine)
    with writing() as session:
        segments.ensure_starter(session)
        codes.ensure_starter(session)
        erase_again(session, settings().instance, now=clock.now())
    return revision


def _keep_to_ourselves() -> None:
    """A new database file is its owner's alone; SQLite gives the files beside it the same rights."""
    file = database_file(database())
    if file and not file.exists():
        file.touch(mode=0o600)


@group.command("upgrade")
@speaks_plainly
def upgrade() -> None:
    """Bring the database to the newest schema."""
    click.echo(upgrade_database())


@group.command("check")
@speaks_plainly
def check() -> None:
    """Fail when the database is not on the newest schema, or the models have moved on."""
    present = schema.current(database().engine)
    if present != schema.newest():
        fail(
            f"The database is at {present or 'nothing'}, the program needs {schema.newest()}. Run db upgrade."
        )
    found = schema.differences(database().engine)
    if found:
        fail(f"The models and the migrations differ: {found[0]}")
    click.echo(present)


@group.command("preflight")
@speaks_plainly
def preflight() -> None:
    """Tell of every row that breaks a rule, before an upgrade or a move; changes nothing."""
    with database().engine.connect() as connection:
        found = dirty_rows(connection)
    with force_locale("en"):
        for dirt in found:
            click.echo(f"{dirt.table}.{dirt.column}: {dirt.rows} rows: {gettext(dirt.rule)}")
    if found:
        fail(f"{sum(dirt.rows for dirt in found)} values must be put right first. Nothing was changed.")
    click.echo("clean")


@group.command("move")
@click.argument("url")
@speaks_plainly
def move(url: str) -> None:
    """Copy every row into another, empty database, SQLite or PostgreSQL; this one is left as it is."""
    refuse_while_at_work()
    try:
        target = open_database(url)
    except ArgumentError:
        fail("The address must begin with sqlite:/// or postgresql+psycopg://")
    try:
        moved = transfer.move(database().engine, target.engine)
    finally:
        target.dispose()
    for name, one in moved.items():
        click.echo(f"{name}: {one.rows} rows")
    click.echo("The register is not moved: load it again with register fetch.", err=True)
    click.echo("Start the program with CRM_DATABASE_URL set to the new address.", err=True)
    click.echo(f"hash: {one_hash(moved)}")


def refuse_while_at_work() -> None:
    """What a worker writes while rows are moved would be lost."""
    with database().Read() as session:
        if schema.current(database().engine) == schema.newest() and at_work(session):
            fail("A worker is at work on this database. Stop the program first, and wait three minutes.")


def at_work(session: Session) -> bool:
    return session.scalars(upkeep.alive(Duty.WORKER, now=clock.now())).first() is not None


@group.command("revision")
@click.argument("what")
@speaks_plainly
def revision(what: str) -> None:
    """Write a migration for what the models have and the database has not; read it before using it."""
    click.echo(schema.write_revision(database().engine, what))
