"""Many programs at the same moment: one creation a key, and one of two editors told, on each database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from werkzeug.test import TestResponse

from config import Config
from crm import clock
from crm.accounts import tokens
from crm.app import create_app
from crm.cli.db import upgrade_database
from crm.companies.models import Company
from tests import world

AT_ONCE = 8


@dataclass(frozen=True)
class Running:
    """A program on a database of its own, where what is committed stays."""

    app: Flask
    token: str
    company_id: int
    version: int

    def at_once(self, method: str, path: str, sent: dict[str, object], key: str = "") -> Counter[int]:
        """The same request from many threads; how often each status was answered."""
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})

        def ask(_number: int) -> TestResponse:
            return self.app.test_client().open(f"/api/v1{path}", method=method, json=sent, headers=headers)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(answer.status_code for answer in pool.map(ask, range(AT_ONCE)))


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    url = "" if request.param == "sqlite" else _database_of_its_own(request.getfixturevalue("postgres_url"))
    config = Config(
        secret_key="k" * 40,
        instance=tmp_path,
        env="test",
        offline=True,
        database_url=url,
        api_per_minute=9999,
    )
    app = create_app(config)
    with app.app_context():
        upgrade_database()
    with app.extensions["crm.database"].Write() as session:
        made = world.build(session)
        draft = tokens.token_draft(name="x")
        token = tokens.issue(session, None, made.developer, draft, now=clock.now())
        session.commit()
    yield Running(app, token, made.company.id, made.company.version)
    app.extensions["crm.database"].dispose()


def _database_of_its_own(server: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS parallel"))
        connection.execute(text("CREATE DATABASE parallel"))
    engine.dispose()
    head, _, tail = server.partition("?")
    return f"{head.rpartition('/')[0]}/parallel" + (f"?{tail}" if tail else "")


def test_one_key_makes_one_record_however_many_ask(running: Running):
    answered = running.at_once("POST", "/companies", {"name": "Samtidig AS"}, key="the same")
    assert set(answered) <= {201, 409}
    assert answered[201] >= 1
    with running.app.extensions["crm.database"].Read() as session:
        made = session.scalar(select(func.count(Company.id)).where(Company.name == "Samtidig AS"))
    assert made == 1


def test_of_many_editors_one_is_heard_and_the_others_are_told(running: Running):
    change = {"version": running.version, "email": "post@example.org"}
    answered = running.at_once("PATCH", f"/companies/{running.company_id}", change)
    assert answered == {200: 1, 409: AT_ONCE - 1}
