"""The demo cluster, and synthetic records for measuring, from the terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from crm import clock
from crm.accounts import queries as accounts
from crm.cli.console import speaks_plainly, writing
from crm.demo import fill as filling
from crm.demo import load as loading
from crm.demo import remove as removing

group = AppGroup("demo", help="The demo cluster, and synthetic records for measuring.")


def _print(counts: dict[str, int]) -> None:
    for table, count in counts.items():
        click.echo(f"{table}: {count}")


@group.command("load")
@click.option("--owner", default="", help="e-mail of the one who gets a part of the leads; the first user")
@speaks_plainly
def load(owner: str) -> None:
    """Load the demo cluster; again: nothing new."""
    with writing() as session:
        user = accounts.get_by_email(session, owner) if owner else accounts.first_user(session)
        _print(loading.load_demo(session, now=clock.now(), owner_id=user.id if user else None))


@group.command("fill")
@click.option("--companies", required=True, type=click.IntRange(1, 1_000_000))
@speaks_plainly
def fill(companies: int) -> None:
    """Add synthetic companies with persons and activities, for measuring."""
    with writing() as session:
        _print(filling.fill(session, count=companies, now=clock.now()))


@group.command("remove")
@speaks_plainly
def remove() -> None:
    """Remove the demo cluster and synthetic records, and nothing else."""
    with writing() as session:
        _print(removing.remove_demo(session, None))
