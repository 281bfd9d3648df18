"""A safe copy of the database, and putting one back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from crm import clock
from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.errors import UpstreamError
from crm.privacy.again import erase_again
from crm.storage import backups, schema
from crm.storage.copies import Copy
from crm.storage.engines import driver as sqlite
from crm.storage.erasing import settle

_FILE = click.Path(path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@with_appcontext
@speaks_plainly
def backup(file: Path) -> None:
    """Copy the database, SQLite or PostgreSQL, to a file, while the program may go on."""
    if file.is_dir():
        fail(f"{file} is a folder. Give the name of a file.")
    try:
        _tell(backups.make(database(), file))
    except sqlite.Error as error:
        raise UpstreamError("Kopien ble ikke laget: %(why)s.", why=str(error)) from error


@click.command("restore")
@click.argument("file", type=_FILE)
@with_appcontext
@speaks_plainly
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which is kept beside it."""
    stamp = f"before-{clock.now():%Y%m%dT%H%M%S}"
    found, kept = backups.put_back(database(), file, beside=settings().instance, stamp=stamp)
    if kept:
        click.echo(f"The previous database is kept as {kept.name}.", err=True)
    if found.revision != schema.newest():
        click.echo("The backup is of an older version. Run: flask --app wsgi db upgrade", err=True)
    else:
        _erase_again()
    _tell(found)


def _erase_again() -> None:
    """Who was erased after the backup was made is erased from it too."""
    with writing() as session:
        erased = erase_again(session, settings().instance, now=clock.now())
    if erased:
        settle(database().engine)
        click.echo(f"{erased} persons erased since the backup were erased again.", err=True)


def _tell(copy: Copy) -> None:
    for table, count in copy.rows.items():
        click.echo(f"{table}: {count} rows")
    click.echo(f"sha256: {copy.sha256}")
