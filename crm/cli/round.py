"""The week's round, from the terminal."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from crm import clock
from crm.cli.console import database, fail, settings, speaks_plainly
from crm.errors import CrmError
from crm.matches import operations, queries
from crm.matches.models import MatchRun, RunState

group = AppGroup("round", help="The week's round of suggestions.")
_LOOK_EVERY = 0.5


class Week(click.ParamType[str]):
    """An ISO week such as 2026-W48."""

    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        week = str(value)
        if not _exists(week):
            self.fail(f"{week!r} is no ISO week. Write it as in 2026-W48.", param, ctx)
        return week


def _exists(week: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-W[0-9]{2}", week) and clock.monday_of(week))
    except ValueError:
        return False


@group.command("run")
@click.option("--week", type=Week(), help="the ISO week, such as 2026-W48; this week unless given")
@speaks_plainly
def run(week: str | None) -> None:
    """Rank companies for every open need, and store the week's suggestions."""
    from crm.jobs import transactions, weekly_round  # noqa: PLC0415  (scikit-learn, for this command alone)

    chosen = week or clock.iso_week(clock.now())
    ask = partial(operations.request_run, week=chosen, actor_id=None, now=clock.now())
    asked = transactions.commit(database(), ask)
    if asked.state is RunState.DONE:
        click.echo(f"round {chosen}: already done")
        return
    try:
        weekly_round.run(database(), asked.id, instance=settings().instance, compute=settings().compute_url)
    except Exception as error:  # noqa: BLE001  (one clear line, whatever it was; the row tells the rest)
        _tell_failure(chosen, error)
    _tell(_finished(chosen))


def _finished(week: str) -> MatchRun:
    """The round, once it is finished: another worker may have been quicker to take it."""
    while True:
        with database().Read() as session:
            found = queries.find_run(session, week)
        if found is None or found.state is RunState.FAILED:
            fail(f"Round {week} failed{': ' + found.message if found else '.'}")
        if found.state is RunState.DONE:
            return found
        time.sleep(_LOOK_EVERY)


def _tell(done: MatchRun) -> None:
    counts = f"{done.companies} companies, {done.needs} needs, {done.suggestions} suggestions"
    click.echo(f"round {done.week}: {counts}")


def _tell_failure(week: str, error: Exception) -> None:
    if isinstance(error, CrmError | SQLAlchemyError | OSError):
        raise error
    fail(f"Round {week} failed: {type(error).__name__}: {error}")
