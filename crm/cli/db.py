"""The database's schema: bring it up to date, or tell whether it is."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.codes import operations as codes
from crm.segments import operations as segments
from crm.storage import schema
from crm.storage.preflight import dirty_rows
from crm.upkeep.machine import database_file

group = AppGroup("db", help="The database's schema.")


def upgrade_database() -> str:
    """Newest schema, and the few rows a new installation begins with; returns the revision."""
    settings().instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_to_ourselves()
    revision = schema.upgrade(database().engine)
    with writing() as session:
        segments.ensure_starter(session)
        codes.ensure_starter(session)
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


@group.command("revision")
@click.argument("what")
@speaks_plainly
def revision(what: str) -> None:
    """Write a migration for what the models have and the database has not; read it before using it."""
    click.echo(schema.write_revision(database().engine, what))
