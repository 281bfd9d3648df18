"""The national register's files, from the terminal."""

from __future__ import annotations

import time
from typing import Literal

import click
from flask.cli import AppGroup

from crm import clock
from crm.cli.console import database, in_english, settings, speaks_plainly
from crm.errors import CrmError, InvalidInput
from crm.jobs import register_bulk, register_load, register_sync
from crm.jobs.register_api import register_api
from crm.registry.counts import Counts
from crm.registry.feeds import Kind
from crm.sources.units import Rejected

group = AppGroup("register", help="The local mirror of Enhetsregisteret.")
_MOST_SHOWN = 5
_WORTH_TELLING = 10_000


@group.command("load")
@click.argument("file")
@click.option(
    "--kind", type=click.Choice(["units", "subunits"]), help="what the file holds; seen unless given"
)
@speaks_plainly
def load(file: str, kind: Literal["units", "subunits"] | None) -> None:
    """Take in a bulk file, JSON or CSV, gzipped or not, or - for standard input."""
    started = time.monotonic()
    held, counts = register_load.load_file(database(), file, kind=kind, home=settings().home_municipality)
    seconds = time.monotonic() - started
    _tell_of_the_rest(counts)
    if held == "units":
        _learn()
    click.echo(counts.line(held, seconds))


def _learn() -> None:
    """Teach the matchmaker what the register says now; the load stands whatever comes of it."""
    from crm.jobs import training  # noqa: PLC0415  (scikit-learn, for this command alone)

    trained = training.train_if_stale(database(), settings().instance, now=clock.now())
    if trained and trained.units >= _WORTH_TELLING:
        click.echo(trained.line(), err=True)


@group.command("fetch")
@click.option("--kind", type=click.Choice(["units", "subunits"]), help="only these; both unless given")
@speaks_plainly
def fetch(kind: Literal["units", "subunits"] | None) -> None:
    """Fetch the register's newest files from the register itself and load them; nothing where none is new."""
    api, folder = register_api(settings()), settings().instance / "register"
    kinds: list[Kind] = [kind] if kind else ["subunits", "units"]
    for one in kinds:
        started = time.monotonic()
        home = settings().home_municipality
        found = register_bulk.fetch_and_load(
            database(), api, one, folder, home=home, progress=_told_each_tenth()
        )
        if found is None:
            click.echo("The file loaded last is still the newest.", err=True)
        else:
            _tell_of_the_rest(found)
        click.echo((found or Counts()).line(one, time.monotonic() - started))


def _told_each_tenth() -> register_bulk.Progress:
    """Says on stderr how much of a file has come, ten times in all, and how long the rest will take."""
    started, said = time.monotonic(), [0]

    def tell(size: int, total: int | None) -> None:
        tenth = size * 10 // total if total else 0
        if total and tenth > said[0]:
            said[0] = tenth
            left = (time.monotonic() - started) * (total - size) / size
            click.echo(f"{size / 1e6:.0f} of {total / 1e6:.0f} MB, {left:.0f} s left", err=True)

    return tell


@group.command("sync")
@speaks_plainly
def sync() -> None:
    """Take in what the register has changed since the last file or the last time, from its feeds."""
    api, refused = register_api(settings()), None
    for kind in reversed(register_sync.followed(database())):
        started = time.monotonic()
        try:
            counts = register_sync.follow(database(), api, kind, home=settings().home_municipality)
        except CrmError as error:
            refused = refused or error
            continue
        _tell_of_the_rest(counts)
        click.echo(counts.line(kind, time.monotonic() - started))
    if refused:
        raise refused


def _tell_of_the_rest(counts: Counts) -> None:
    """What was not taken in, on stderr, so that the last line stays the one scripts read."""
    if counts.left_out:
        click.echo(f"{counts.left_out} units of personal legal forms were left out.", err=True)
    if counts.left_open:
        click.echo(
            f"{counts.left_open} that we hold are missing from the file. That is too many for a whole one,"
            " so none of them was closed.",
            err=True,
        )
    for rejected in counts.rejections[:_MOST_SHOWN]:
        click.echo(_as_line(rejected), err=True)
    if counts.rejected > _MOST_SHOWN:
        click.echo(f"… and {counts.rejected - _MOST_SHOWN} more rejected.", err=True)


def _as_line(rejected: Rejected) -> str:
    why = in_english(InvalidInput(rejected.message.replace("%", "%%")))
    return f"rejected no. {rejected.position}, field {rejected.field or '-'}: {why}"
