"""The matchmaker alone, on files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from crm.cli.console import speaks_plainly

group = AppGroup("match", help="The matchmaker on files, without a database.")
_FILE = click.Path(path_type=Path)


@group.command("rank")
@click.option("--companies", type=_FILE, required=True, help="JSON lines, a company each")
@click.option("--needs", type=_FILE, required=True, help="JSON lines, a need each")
@click.option("--top", type=click.IntRange(min=1), required=True, help="how many companies a need")
@click.option("--out", type=_FILE, required=True, help="where the ranking is written, best first")
@click.option("--verdicts", type=_FILE, help="JSON lines, a yes or a no each")
@speaks_plainly
def rank(companies: Path, needs: Path, top: int, out: Path, verdicts: Path | None) -> None:
    """Rank companies for needs."""
    from crm.matchmaker.files import rank_files  # noqa: PLC0415  (scikit-learn, for this command alone)

    written = rank_files(companies, needs, out, top=top, verdicts=verdicts)
    click.echo(f"{written} rows")
