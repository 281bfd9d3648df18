"""Examining an installation from the terminal."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from crm import clock
from crm.cli.console import database, settings, speaks_plainly
from crm.jobs.queue import open_queue
from crm.upkeep import doctor as doctors
from crm.upkeep.doctor import Patient
from crm.upkeep.finding import Finding, Level


@click.command("doctor")
@click.option("--thorough", is_flag=True, help="read every row as well; minutes with a whole register")
@with_appcontext
@speaks_plainly
def doctor(*, thorough: bool) -> None:
    """Look at everything that can be wrong; each fault in one line with its cure, exit 1 if there is any."""
    queue = open_queue(settings())
    found = doctors.examine(Patient(settings(), database(), clock.now(), queue.reach, thorough=thorough))
    with force_locale("en"):
        for one in found:
            click.echo(line_of(one))
    if any(one.level is Level.FAULT for one in found):
        raise SystemExit(1)


def line_of(one: Finding) -> str:
    """``FAULT database: what is seen -> what to do``."""
    values = {name: gettext(value) if name == "rule" else value for name, value in one.values.items()}
    seen = " ".join(gettext(one.said, **values).split())
    cure = f" -> {' '.join(gettext(one.cure, **values).split())}" if one.cure else ""
    level = one.level.value if one.level is not Level.FAULT else "FAULT"
    return f"{level:<5} {one.name}: {seen}{cure}"
