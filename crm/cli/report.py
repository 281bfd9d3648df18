"""Reports as files, from the terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from crm import clock
from crm.cli.console import database, fail, speaks_plainly
from crm.reporting.board import board_report
from crm.reporting.period import Period
from crm.reporting.wording import Wording

group = AppGroup("report", help="Reports as files.")


@group.command("board")
@click.option("--year", type=int, required=True, help="the year the report is about")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="the PDF to write")
@click.option("--language", type=click.Choice(["nb", "nn", "en"]), default="nb", show_default=True)
@speaks_plainly
def board(year: int, out: Path, language: str) -> None:
    """Write the board report of a year, against the year before."""
    from crm.reporting.pdf import write_pdf  # noqa: PLC0415  (its library loads NumPy, for this command alone)

    if out.is_dir():
        fail(f"{out} is a folder. Give the name of a file.")
    now = clock.now()
    period = Period.of_year(year, today=clock.today())
    with database().Read() as session, force_locale(language):
        document = board_report(session, period, Wording(say=_say, language=language), now=now)
    _write(out, write_pdf(document, made_at=now))
    click.echo(out.name)


def _say(sentence: str, /, **values: object) -> str:
    return str(gettext(sentence, **values))


def _write(out: Path, content: bytes) -> None:
    """The file appears only when it is whole."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
