"""People with an account, from the terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import links, operations, queries, tokens
from crm.accounts.drafts import user_draft
from crm.accounts.models import LinkPurpose, User
from crm.cli.console import database, settings, speaks_plainly, writing
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
    """Make an account and print a one-time link to set it up; mailed too, where there is a mail server."""
    with writing() as session:
        user = _known_or_new(session, email, role, name)
        token = links.invite(session, None, user, key=settings().secret_key or "", now=clock.now())
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


@group.command("token")
@click.argument("email")
@click.option("--name", default="From the terminal", show_default=True, help="what the token is for")
@click.option("--days", default=tokens.DAYS, show_default=True, help="how long it lives, 366 at most")
@click.option("--read-only", is_flag=True, help="the token may read, whatever its user may do")
@speaks_plainly
def token(email: str, name: str, days: int, read_only: bool) -> None:  # noqa: FBT001  (a flag of the command)
    """Print an API token that acts as the user. It is shown this once."""
    draft = tokens.token_draft(name=name, days=days, read_only=read_only)
    with writing() as session:
        user = queries.get_by_email(session, email)
        made = tokens.issue(session, None, user, draft, now=clock.now())
    click.echo(made)


@group.command("tokens")
@click.argument("email")
@speaks_plainly
def list_tokens(email: str) -> None:
    """List a user's live API tokens: how each begins, until when, last use, and what it is for."""
    with database().Read() as session:
        user = queries.get_by_email(session, email)
        for found in session.scalars(tokens.live(user.id, now=clock.now())):
            used = f"{found.last_used_at:%Y-%m-%d}" if found.last_used_at else "never"
            click.echo(f"{found.prefix}  until {found.expires_at:%Y-%m-%d}  used {used}  {found.name}")


@group.command("revoke")
@click.argument("prefix")
@speaks_plainly
def revoke(prefix: str) -> None:
    """Shut the API token that begins so."""
    with writing() as session:
        found = tokens.by_prefix(session, prefix)
        tokens.revoke(session, None, found, now=clock.now())
    click.echo(f"{found.prefix} revoked")
