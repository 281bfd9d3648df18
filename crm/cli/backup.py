"""A safe copy of the database, and putting one back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from crm import clock
from crm.cli.console import database, fail, settings, speaks_plainly
from crm.errors import UpstreamError
from crm.storage import copies, schema
from crm.storage.copies import Copy
from crm.storage.engines import driver as sqlite

_FILE = click.Path(path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@with_appcontext
@speaks_plainly
def backup(file: Path) -> None:
    """Copy the database to a file, while the program may go on."""
    source = _sqlite_file("back it up with: pg_dump --format=custom --file=FILE DATABASE")
    if not source.is_file():
        fail("There is no database yet. Run: flask --app wsgi db upgrade")
    if file.is_dir():
        fail(f"{file} is a folder. Give the name of a file.")
    try:
        _tell(copies.make_copy(source, file))
    except sqlite.Error as error:
        raise UpstreamError("Kopien ble ikke laget: %(why)s.", why=str(error)) from error


@click.command("restore")
@click.argument("file", type=_FILE)
@with_appcontext
@speaks_plainly
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which is kept beside it."""
    target = _sqlite_file("restore it with: pg_restore --clean --dbname=DATABASE FILE")
    database().dispose()
    kept = target.with_name(f"{target.name}.before-{clock.now():%Y%m%dT%H%M%S}")
    found = copies.put_back(file, target, keep_as=kept)
    if kept.exists():
        click.echo(f"The previous database is kept as {kept.name}.", err=True)
    if found.revision != schema.newest():
        click.echo("The backup is of an older version. Run: flask --app wsgi db upgrade", err=True)
    _tell(found)


def _sqlite_file(instead: str) -> Path:
    """The file of the database; PostgreSQL has tools of its own for this."""
    url = make_url(settings().resolved_database_url)
    if url.get_backend_name() != "sqlite":
        fail(f"The database is PostgreSQL; {instead}")
    return Path(str(url.database))


def _tell(copy: Copy) -> None:
    for table, count in copy.rows.items():
        click.echo(f"{table}: {count} rows")
    click.echo(f"sha256: {copy.sha256}")
