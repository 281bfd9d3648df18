"""Privacy from the terminal: a copy that tells of nobody."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from crm.cli.console import fail, settings, speaks_plainly
from crm.privacy.anonymising import anonymise
from crm.storage import copies
from crm.storage.engines import driver as sqlite
from crm.storage.engines import open_database

_FILE = click.Path(path_type=Path)


@click.command("anonymise-copy")
@click.argument("file", type=_FILE)
@with_appcontext
@speaks_plainly
def anonymise_copy(file: Path) -> None:
    """Copy the database to a file in which nobody can be known again, while the program may go on."""
    url = make_url(settings().resolved_database_url)
    if url.get_backend_name() != "sqlite":
        fail("The database is PostgreSQL; put a copy of it into a SQLite file first.")
    if file.exists():
        fail(f"{file} is there already. Give the name of a new file.")
    part = file.with_name(f".{file.name}.whole")
    try:
        copies.make_copy(Path(str(url.database)), part)
        rows = _without_people(part)
        copies.make_copy(part, file)
    finally:
        for left in part.parent.glob(f"{part.name}*"):
            left.unlink()
    click.echo(f"{rows} rows written over")


def _without_people(path: Path) -> int:
    opened = open_database(f"sqlite:///{path}")
    try:
        with opened.Write() as session:
            rows = anonymise(session)
            session.commit()
    finally:
        opened.dispose()
    with sqlite.connect(str(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("VACUUM")
    raw.close()
    return rows
