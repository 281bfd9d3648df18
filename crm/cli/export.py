"""Everything out in an open form, from the terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from crm import clock
from crm.cli.console import database, fail, speaks_plainly
from crm.cli.leads import replacing
from crm.exchange import everything_out
from crm.storage.hashes import one_hash
from crm.storage.snapshot import snapshot

group = AppGroup("export", help="Take out what is here.")


@group.command("all")
@click.argument("file", type=click.Path(path_type=Path))
@speaks_plainly
def everything(file: Path) -> None:
    """Every row and file as one zip of JSON lines with a schema, that import FILE.zip reads back."""
    if file.is_dir():
        fail(f"{file} is a folder. Give the name of a file.")
    with snapshot(database()) as session, replacing(file) as stream:
        found = everything_out.write(session, stream, now=clock.now())
    for name, one in found.items():
        click.echo(f"{name}: {one.rows} rows")
    click.echo("The file holds personal data and what people sign in with. Keep it safe.", err=True)
    click.echo(f"hash: {one_hash(found)}")
