"""Public code tables, from files or from their official sources."""

from __future__ import annotations

from collections.abc import Iterable

import click
from flask.cli import AppGroup

from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.codes import operations
from crm.registry import operations as registry
from crm.sources import klass
from crm.sources.code_tables import CodeTable, TableKind
from crm.sources.codes import codes_from, read_codes
from crm.sources.http import fetch
from crm.sources.outbound import Outbound

group = AppGroup("codes", help="Code tables of industries, places and procurement.")
SOURCES = (klass.INDUSTRIES_URL, klass.CORRESPONDENCES_URL, klass.MUNICIPALITIES_URL)
_LARGEST = 20_000_000


@group.command("load")
@click.argument("file", required=False)
@click.option("--download", is_flag=True, help="from Statistics Norway and Kartverket instead of a file")
@speaks_plainly
def load(file: str | None, *, download: bool) -> None:
    """Take in a code table, recognised by its content."""
    if bool(file) == download:
        raise click.UsageError("Give either a file or --download.")
    tables = list(downloaded(_outbound())) if download else [read_codes(str(file))]
    with writing() as session:
        counts = [(table.kind.value, operations.load(session, table)) for table in tables]
    if any(table.kind is TableKind.CORRESPONDENCES for table in tables):
        _map_the_mirror()
    for kind, count in counts:
        click.echo(f"{kind}: {count} rows")


def _outbound() -> Outbound:
    if settings().offline:
        fail("CRM_OFFLINE is set, so nothing is downloaded. Give a file instead.")
    return Outbound(user_agent=f"crm ({settings().contact})")


def downloaded(outbound: Outbound, sources: Iterable[str] = SOURCES) -> Iterable[CodeTable]:
    """The official tables, each fetched before anything is written."""
    for source in sources:
        body = fetch(source, outbound=outbound, max_bytes=_LARGEST)
        yield codes_from(body, source.partition("?")[0].rpartition("/")[2])


def _map_the_mirror() -> None:
    """New successors are given to the units of the mirror at once."""
    with database().Mirror() as session:
        registry.map_to_new_standard(session)
        session.commit()
