"""Tokens from the terminal: shown once, listed by how they begin, and shut."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result
from flask import Flask


def test_a_token_opens_the_entrance_until_it_is_revoked(command: Callable[..., Result], program: Flask):
    command("users", "invite", "kari@example.org", "--role", "developer")
    token = command("users", "token", "kari@example.org", "--name", "Power BI").output.strip()
    asked = {"Authorization": f"Bearer {token}"}
    assert program.test_client().get("/api/v1/companies", headers=asked).status_code == 200
    (line,) = command("users", "tokens", "kari@example.org").output.splitlines()
    assert line.startswith(token[:12])
    assert line.endswith("Power BI")
    assert token not in line
    assert command("users", "revoke", token[:12]).exit_code == 0
    assert program.test_client().get("/api/v1/companies", headers=asked).status_code == 401


def test_a_token_for_nobody_or_for_ever_is_refused_in_one_line(command: Callable[..., Result]):
    command("users", "invite", "kari@example.org", "--role", "reader")
    for words in (("nobody@example.org",), ("kari@example.org", "--days", "4000")):
        refused = command("users", "token", *words)
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert command("users", "revoke", "klt_").exit_code == 1
