"""``demo load``, ``demo fill`` and ``demo remove`` print counts per table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import func, select

from crm.accounts import operations as accounts
from crm.accounts.drafts import user_draft
from crm.companies.models import Lead
from crm.storage.engines import Database

Command = Callable[..., Result]


def counts(result: Result) -> dict[str, int]:
    assert result.exit_code == 0, result.output
    return {table: int(count) for table, count in (line.split(": ") for line in result.stdout.splitlines())}


def make_user(database: Database, email: str) -> int:
    with database.Write() as session:
        user = accounts.create_user(session, None, user_draft(email, "administrator"))
        session.commit()
        return user.id


def leads_of(database: Database, user_id: int) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count()).where(Lead.owner_id == user_id)) or 0


def test_load_prints_counts_per_table_and_again_nothing_new(command: Command):
    assert counts(command("demo", "load"))["companies"] == 80
    assert not any(counts(command("demo", "load")).values())


def test_load_gives_the_first_user_a_share(command: Command, own_database: Database):
    first, other = make_user(own_database, "a@example.org"), make_user(own_database, "b@example.org")
    command("demo", "load")
    assert leads_of(own_database, first) >= 8
    assert leads_of(own_database, other) == 0


def test_load_gives_the_one_who_is_named_a_share(command: Command, own_database: Database):
    make_user(own_database, "a@example.org")
    named = make_user(own_database, "b@example.org")
    command("demo", "load", "--owner", "b@example.org")
    assert leads_of(own_database, named) >= 8


def test_load_for_somebody_unknown_changes_nothing_and_says_who(command: Command):
    refused = command("demo", "load", "--owner", "nobody@example.org")
    assert refused.exit_code == 1
    assert "nobody@example.org" in refused.stderr
    assert counts(command("demo", "load"))["companies"] == 80


def test_fill_prints_counts_per_table(command: Command):
    made = counts(command("demo", "fill", "--companies", 25))
    assert (made["companies"], made["contacts"], made["activities"]) == (25, 50, 250)


@pytest.mark.parametrize("companies", ["0", "-3", "many"])
def test_fill_of_no_number_is_wrong_usage(command: Command, companies: str):
    assert command("demo", "fill", "--companies", companies).exit_code == 2


def test_remove_takes_both_out(command: Command, own_database: Database):
    kept = make_user(own_database, "a@example.org")
    command("demo", "load")
    command("demo", "fill", "--companies", 5)
    gone = counts(command("demo", "remove"))
    assert (gone["companies"], gone["users"]) == (85, 4)
    assert not any(counts(command("demo", "remove")).values())
    assert leads_of(own_database, kept) == 0


def test_a_demo_colleague_gets_no_link_to_sign_in(command: Command):
    command("demo", "load")
    refused = command("users", "link", "ingrid@vekst.example")
    assert refused.exit_code == 1
    assert "ingrid@vekst.example" in refused.stderr
