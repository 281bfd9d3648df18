"""Requests are counted in the database: several processes share one limit."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from crm.accounts.models import ApiWindow
from crm.api.problems import Refused
from crm.api.throttle import Throttle
from crm.storage.engines import Database
from tests.world import NOW


@pytest.fixture
def database(any_database: Database) -> Iterator[Database]:
    yield any_database
    with any_database.Write() as session:
        session.execute(delete(ApiWindow))
        session.commit()


def allowed(throttle: Throttle, times: int) -> int:
    """How many of so many requests of one token get through."""
    through = 0
    for _ in range(times):
        try:
            throttle.ask(1)
        except Refused:
            continue
        through += 1
    return through


def test_processes_share_one_limit(database: Database):
    processes = [Throttle(100, database=lambda: database, now=lambda: NOW) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        through = list(pool.map(lambda one: allowed(one, 60), processes))
    assert sum(through) == 100


def test_a_new_minute_opens_anew_also_when_the_clock_goes_back(database: Database):
    at = [NOW]
    throttle = Throttle(10, database=lambda: database, now=lambda: at[0])
    assert allowed(throttle, 12) == 10
    at[0] = NOW + timedelta(minutes=1)
    assert allowed(throttle, 12) == 10
    at[0] = NOW - timedelta(minutes=5)
    assert allowed(throttle, 12) == 10


def test_one_tokens_flood_is_not_anothers(database: Database):
    throttle = Throttle(5, database=lambda: database, now=lambda: NOW)
    assert allowed(throttle, 9) == 5
    throttle.ask(2)
    throttle.guess("192.0.2.1")


def test_a_limit_of_one_is_one(database: Database):
    assert allowed(Throttle(1, database=lambda: database, now=lambda: NOW), 5) == 1


def test_a_flood_costs_the_database_little(database: Database):
    opened = 0

    def counting() -> Database:
        nonlocal opened
        opened += 1
        return database

    allowed(Throttle(300, database=counting, now=lambda: NOW), 2000)
    assert opened <= 21


def test_a_database_that_cannot_be_asked_refuses_nobody():
    def gone() -> Database:
        raise OperationalError("SELECT 1", {}, Exception("locked"))

    assert allowed(Throttle(100, database=gone, now=lambda: NOW), 50) == 50
