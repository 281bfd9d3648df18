"""The demo cluster, and synthetic records for measuring, from the terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from crm import clock
from crm.cli.console import database, speaks_plainly, writing
from crm.demo import fill as filling
from crm.demo import load as loading
from crm.storage.base import Base

group = AppGroup("demo", help="The demo cluster, and synthetic records for measuring.")


def _print(counts: dict[str, int]) -> None:
    for table, count in counts.items():
        click.echo(f"{table}: {count}")


@group.command("load")
@speaks_plainly
def load() -> None:
    """Load the demo cluster; again: nothing new."""
    with writing() as session:
        _print(loading.load_demo(session, now=clock.now()))


@group.command("fill")
@click.option("--companies", required=True, type=click.IntRange(1, 1_000_000))
@speaks_plainly
def fill(companies: int) -> None:
    """Add synthetic companies with persons and activities, for measuring."""
    with writing() as session:
        made = filling.fill(session, count=companies, now=clock.now())
    if database().engine.dialect.name == "postgresql":
        _advance_sequences(list(made))
    _print(made)


def _advance_sequences(tables: list[str]) -> None:
    """Rows written with their own ids leave PostgreSQL's counters behind."""
    with writing() as session:
        for table in tables:
            if table != "lead_segments":
                newest = select(func.max(Base.metadata.tables[table].c.id)).scalar_subquery()
                session.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), newest)))
