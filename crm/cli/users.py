"""People with an account, from the terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations, queries
from crm.accounts.drafts import user_draft
from crm.accounts.models import LinkPurpose, User
from crm.cli.console import settings, speaks_plainly, writing
from crm.errors import Conflict

group = AppGroup("users", help="People with an account.")


def link_address(token: str) -> str:
    """The address a one-time token is opened at."""
    return f"{settings().resolved_base_url}/sign-in/{token}"


@group.command("invite")
@click.argument("email")
@click.option("--role", required=True, help="administrator, developer, manager or reader")
@click.option("--name", default="", help="the person's name; the address until then")
@speaks_plainly
def invite(email: str, role: str, name: str) -> None:
    """Make an account and print a one-time link to set it up."""
    with writing() as session:
        user = _known_or_new(session, email, role, name)
        token = operations.issue_link(session, user, LinkPurpose.INVITATION, now=clock.now())
    click.echo(link_address(token))


def _known_or_new(session: Session, email: str, role: str, name: str) -> User:
    """An invited person who never set a password may be invited again."""
    draft = user_draft(email, role, name=name)
    known = queries.find_by_email(session, draft.email)
    if known is not None and (known.password_hash or known.demo):
        raise Conflict("Adressen «%(email)s» har alt en bruker.", field="email", email=draft.email)
    return known or operations.create_user(session, None, draft)


@group.command("link")
@click.argument("email")
@speaks_plainly
def link(email: str) -> None:
    """Print a one-time link that signs the user in, for whoever has the terminal."""
    with writing() as session:
        user = queries.get_by_email(session, email)
        if user.demo or not user.active:
            raise Conflict("Brukeren «%(email)s» kan ikke logge inn.", email=email)
        token = operations.issue_link(session, user, LinkPurpose.SIGN_IN, now=clock.now())
    click.echo(link_address(token))
