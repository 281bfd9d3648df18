"""Serving the program: web and worker together, for one machine."""

from __future__ import annotations

import signal
import sys
from contextlib import nullcontext

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session
from waitress.server import create_server

from crm import clock, journal
from crm.accounts import operations, queries
from crm.accounts.drafts import user_draft
from crm.accounts.models import LinkPurpose, User
from crm.accounts.permissions import Role
from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.cli.db import upgrade_database
from crm.cli.users import link_address
from crm.demo.start import first_start
from crm.jobs.child import Child
from crm.storage import schema

_OWNER = "admin@localhost"


@click.command("serve")
@click.option("--web-only", is_flag=True, help="the pages alone: workers are started by themselves")
@with_appcontext
@speaks_plainly
def serve(*, web_only: bool) -> None:
    """Serve web and worker on one machine; prints the address and, in development, a one-time link."""
    journal.install(settings().log_format)
    if web_only:
        refuse_an_old_database()
        listen(None, worker=False)
        return
    upgrade_database()
    link = sign_in_link() if settings().development else None
    listen(link)


def refuse_an_old_database() -> None:
    """One of several does not upgrade the database under the others."""
    if schema.current(database().engine) != schema.newest():
        fail("The database is not on the newest schema. Run: flask --app wsgi db upgrade")


def sign_in_link() -> str:
    """A one-time link for the owner of this machine, whose account is made at the first start."""
    with writing() as session:
        owner = queries.find_by_email(session, _OWNER)
        if owner is None:
            owner = _make_owner(session)
            first_start(session, owner.id, now=clock.now())
        return link_address(operations.issue_link(session, owner, LinkPurpose.SIGN_IN, now=clock.now()))


def _make_owner(session: Session) -> User:
    draft = user_draft(_OWNER, Role.ADMINISTRATOR.value, name="Administrator")
    return operations.create_user(session, None, draft)


def listen(link: str | None, *, worker: bool = True) -> None:
    """Listen until told to stop; the worker starts once the port is ours."""
    chosen = settings()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (Flask's own way)
    try:
        server = create_server(app, host=chosen.host, port=chosen.port, threads=8, ident=None)
    except OSError as error:
        fail(
            f"Port {chosen.port} on {chosen.host} cannot be used: {error.strerror}. Set CRM_PORT to another."
        )
    click.echo(f"Klyngetorg: {chosen.resolved_base_url}/")
    if link:
        click.echo(f"Sign in:    {link}")
    signal.signal(signal.SIGTERM, _stop)
    with Child(worker_command()) if worker else nullcontext():
        server.run()


def worker_command() -> list[str]:
    """How the worker is started beside us: the same program, in a process of its own."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--with-parent"]


def _stop(_signal: int, _frame: object) -> None:
    """Leave the listener's loop as Ctrl-C does, so that the worker is ended too."""
    raise SystemExit(0)
