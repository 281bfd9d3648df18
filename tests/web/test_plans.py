"""How SQLite looks up what the daily pages ask: no large table is read from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.world import World

LARGE = {"companies", "contacts", "company_roles", "activities", "leads", "follow_ups", "lead_segments"}
SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def plans(app: Flask) -> Iterator[list[tuple[str, str]]]:
    """Every SELECT of a test with the lines of its plan."""
    found: list[tuple[str, str]] = []
    engine = app.extensions["crm.database"].engine

    def explain(_connection: Any, cursor: Any, statement: str, given: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            found.extend((statement, row[3]) for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def scans(plans: list[tuple[str, str]]) -> list[str]:
    """The large tables a plan reads whole; by an order's index they may be, save where a text is found."""
    whole = [
        re.match(r"SCAN (\w+)" if " MATCH " in statement else r"SCAN (\w+)(?! USING| VIRTUAL)", line)
        for statement, line in plans
    ]
    names = {found[1] for found in whole if found}
    return sorted(names & (LARGE | {f"{name}_1" for name in LARGE}))


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=verksted",
        "/search/?q=kari%20eksempel",
        "/search/?q=22000000",
        "/search/?q=ru",
        "/activities/new?line=ringte%20kari%20om%20lokaler",
        "/board/",
        "/board/?owner=1",
        "/board/?segment=helse",
        "/board/column/contacted?after=m.1",
        "/week/follow-ups",
        "/week/follow-ups?due=late",
        "/week/follow-ups?due=late&who=all",
        "/companies/?q=verksted&segment=helse",
        "/companies/?owner=1",
        "/companies/?sort=newest",
    ],
)
def test_a_daily_page_reads_no_large_table_whole(
    developer: FlaskClient, site: World, plans: list[tuple[str, str]], address: str
):
    assert developer.get(address, headers=SWAP).status_code == 200
    assert scans(plans) == [], "\n".join(f"{line}  <- {statement[:300]}" for statement, line in plans)
