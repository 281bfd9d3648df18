"""The worker as a process of its own."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from crm import journal
from crm.cli.console import database, fail, settings, speaks_plainly
from crm.jobs import queue
from crm.jobs.beat import Beat
from crm.storage import schema
from crm.upkeep.models import Duty


@click.command("worker")
@click.option("--with-parent", is_flag=True, help="stop when standard input is closed, as serve does it")
@with_appcontext
@speaks_plainly
def worker(*, with_parent: bool) -> None:
    """Do what the queue and the clock ask for, until told to stop."""
    from crm.jobs import worker as jobs  # noqa: PLC0415  (scikit-learn, for this command alone)

    if schema.current(database().engine) != schema.newest():
        fail("The database is not on the newest schema. Run: flask --app wsgi db upgrade")
    journal.install(settings().log_format)
    consumer = jobs.consumer_of(queue.open_queue(settings()), jobs.worker_of(settings(), database()))
    if with_parent:
        jobs.stop_with_parent(sys.stdin.buffer)
    with Beat(database(), Duty.WORKER):
        consumer.run()
