"""Programs at the door: a token for each role, and a client that sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from crm import clock
from crm.accounts import tokens
from crm.accounts.models import User
from crm.api.throttle import Throttle
from tests.world import World


@dataclass(frozen=True)
class Program:
    """A program that sends JSON with a token."""

    app: Flask
    token: str

    def __call__(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, **query: Any) -> Any:
        answer = self("GET", path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.fixture
def program(app: Flask, db: Session, site: World) -> Callable[..., Program]:
    """A program of a user."""
    app.extensions["crm.api.throttle"] = Throttle(100_000, database=lambda: app.extensions["crm.database"])

    def of(user: User, **how: Any) -> Program:
        draft = tokens.token_draft(name="Test", **how)
        token = tokens.issue(db, None, user, draft, now=clock.now())
        db.commit()
        return Program(app, token)

    return of


@pytest.fixture
def writer(program: Callable[..., Program], site: World) -> Program:
    return program(site.developer)


@pytest.fixture
def looker(program: Callable[..., Program], site: World) -> Program:
    return program(site.reader)
