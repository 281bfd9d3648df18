"""The matchmaker on files, and what it learns from the register."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from crm import clock
from crm.cli.console import database, settings, speaks_plainly

group = AppGroup("match", help="The matchmaker on files, and what it learns.")
_FILE = click.Path(path_type=Path)


@group.command("rank")
@click.option("--companies", type=_FILE, required=True, help="JSON lines, a company each")
@click.option("--needs", type=_FILE, required=True, help="JSON lines, a need each")
@click.option("--top", type=click.IntRange(min=1), required=True, help="how many companies a need")
@click.option("--out", type=_FILE, required=True, help="where the ranking is written, best first")
@click.option("--verdicts", type=_FILE, help="JSON lines, a yes or a no each")
@speaks_plainly
def rank(companies: Path, needs: Path, top: int, out: Path, verdicts: Path | None) -> None:
    """Rank companies for needs, helped by what was learned from the register; opens no database."""
    from crm.jobs import training  # noqa: PLC0415  (scikit-learn, for these commands alone)
    from crm.matchmaker.files import rank_files  # noqa: PLC0415  (as above)

    learned = training.in_use(settings().instance)
    written = rank_files(companies, needs, out, top=top, verdicts=verdicts, register=learned)
    click.echo(f"{written} rows")


@group.command("train")
@speaks_plainly
def train() -> None:
    """Learn from the units of the register what each industry writes; the round does it when they change."""
    from crm.jobs import training  # noqa: PLC0415  (as above)

    click.echo(training.train(database(), settings().instance, now=clock.now()).line())
