"""The national register's files, from the terminal."""

from __future__ import annotations

import time
from typing import Literal

import click
from flask.cli import AppGroup

from crm.cli.console import database, in_english, speaks_plainly
from crm.errors import InvalidInput
from crm.jobs import register_load
from crm.registry.operations import Counts
from crm.sources.units import Rejected

group = AppGroup("register", help="The local mirror of Enhetsregisteret.")
_MOST_SHOWN = 5


@group.command("load")
@click.argument("file")
@click.option(
    "--kind", type=click.Choice(["units", "subunits"]), help="what the file holds; seen unless given"
)
@speaks_plainly
def load(file: str, kind: Literal["units", "subunits"] | None) -> None:
    """Take in a bulk file, JSON or CSV, gzipped or not, or - for standard input."""
    started = time.monotonic()
    held, counts = register_load.load_file(database(), file, kind=kind)
    _tell_of_the_rest(counts)
    click.echo(counts.line(held, time.monotonic() - started))


def _tell_of_the_rest(counts: Counts) -> None:
    """What was not taken in, on stderr, so that the last line stays the one scripts read."""
    if counts.left_out:
        click.echo(f"{counts.left_out} units of personal legal forms were left out.", err=True)
    for rejected in counts.rejections[:_MOST_SHOWN]:
        click.echo(_as_line(rejected), err=True)
    if counts.rejected > _MOST_SHOWN:
        click.echo(f"… and {counts.rejected - _MOST_SHOWN} more rejected.", err=True)


def _as_line(rejected: Rejected) -> str:
    why = in_english(InvalidInput(rejected.message.replace("%", "%%")))
    return f"rejected no. {rejected.position}, field {rejected.field or '-'}: {why}"
