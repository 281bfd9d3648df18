"""Who gets in: a live token, its user's rights, and no more often than allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations, tokens
from crm.accounts.models import ApiToken
from crm.accounts.permissions import Permission
from crm.api.entrance import ENDPOINTS
from crm.api.throttle import Throttle
from crm.history.models import Entry
from tests.api.conftest import Program
from tests.world import NOW, World


def test_a_stranger_is_told_what_to_send(app: Flask, site: World):
    answer = app.test_client().get("/api/v1/companies")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Klyngetorg"'
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"].startswith("Send a valid token")
    assert answer.json["detail_nb"].startswith("Send en gyldig nøkkel")


@pytest.mark.parametrize(
    "given", ["Bearer nonsense", "Bearer ", "Basic ZGV2OnB3", "bearer klt_" + "x" * 5000]
)
def test_what_is_no_token_opens_nothing(app: Flask, site: World, given: str):
    answer = app.test_client().get("/api/v1/companies", headers={"Authorization": given})
    assert answer.status_code == 401


def test_a_signed_in_browser_is_a_stranger_here(developer: FlaskClient):
    assert developer.get("/api/v1/companies").status_code == 401
    assert developer.post("/api/v1/companies", data="{}", content_type="text/plain").status_code == 401


def test_a_readers_token_reads_and_never_writes(looker: Program, site: World, db: Session):
    before = db.query(Entry).count()
    assert looker.get(f"/companies/{site.company.id}")["name"] == "Rullestolverkstedet AS"
    for endpoint in ENDPOINTS:
        if endpoint.writes:
            answer = looker(endpoint.method, endpoint.path.replace("{id}", "1"), json={})
            assert (endpoint.name, answer.status_code) == (endpoint.name, 403)
    assert db.query(Entry).count() == before


def test_a_read_only_token_never_writes_whatever_its_user_may(program: Callable[..., Program], site: World):
    careful = program(site.administrator, read_only=True)
    assert careful("POST", "/partners", json={"name": "X", "kind": "other"}).status_code == 403


@pytest.mark.parametrize("ends", ["revoked", "closed", "password"])
def test_a_token_ends_with_what_it_stands_on(
    program: Callable[..., Program], db: Session, site: World, ends: str
):
    mine, now = program(site.developer), clock.now()
    assert mine("GET", "/companies").status_code == 200
    if ends == "revoked":
        tokens.revoke(db, None, db.scalars(select(ApiToken)).one(), now=now)
    elif ends == "closed":
        operations.close_account(db, site.administrator.id, site.developer, now=now)
    else:
        operations.set_password(db, None, site.developer, "en lang setning om elg", now=now)
    db.commit()
    assert mine("GET", "/companies").status_code == 401


def test_an_expired_token_opens_nothing(app: Flask, db: Session, site: World):
    token = tokens.issue(
        db, None, site.developer, tokens.TokenDraft(name="x", days=1), now=clock.now() - timedelta(days=2)
    )
    db.commit()
    assert Program(app, token)("GET", "/companies").status_code == 401


def test_a_token_is_stored_hashed_and_its_use_is_noted(writer: Program, db: Session):
    writer.get("/companies")
    stored = db.scalars(select(ApiToken)).one()
    assert writer.token.startswith(stored.prefix)
    assert writer.token not in {stored.token_hash, stored.prefix, stored.name}
    assert stored.last_used_at is not None


def test_too_many_requests_are_slowed_and_told_when_to_come_back(app: Flask, writer: Program):
    app.extensions["crm.api.throttle"] = Throttle(
        2, database=lambda: app.extensions["crm.database"], now=lambda: NOW
    )
    assert [writer("GET", "/companies").status_code for _ in range(3)] == [200, 200, 429]
    answer = writer("GET", "/companies")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_guessing_at_tokens_is_slowed(app: Flask, site: World):
    app.extensions["crm.api.throttle"] = Throttle(
        100, database=lambda: app.extensions["crm.database"], now=lambda: NOW
    )
    guess = {"Authorization": "Bearer klt_wrong"}
    client = app.test_client()
    seen = [client.get("/api/v1/companies", headers=guess).status_code for _ in range(31)]
    assert set(seen[:30]) == {401}
    assert seen[30] == 429


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/", 404),
        ("GET", "/companies/0x1", 404),
        ("GET", "/companies/999999", 404),
        ("GET", f"/companies/{2**70}", 404),
        ("PUT", "/companies", 405),
        ("DELETE", "/companies/1/move", 405),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(writer: Program, method: str, path: str, status: int):
    answer = writer(method, path)
    assert answer.status_code == status
    assert answer.json["status"] == status
    if status == 405:
        assert answer.headers["Allow"]


def test_every_endpoint_asks_for_one_of_our_rights():
    assert {endpoint.permission for endpoint in ENDPOINTS} <= set(Permission)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"name": "A", "name": "B"}', "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 422),
        (b"name=A", "application/x-www-form-urlencoded", 415),
        (b'{"name": "A", "id": 7}', "application/json", 422),
        (b'{"name": 7}', "application/json", 422),
        (b'"' + b"x" * 300_000 + b'"', "application/json", 413),
    ],
)
def test_a_body_that_is_not_what_was_declared_is_refused(
    writer: Program, body: bytes, kind: str, status: int
):
    answer = writer("POST", "/companies", data=body, content_type=kind)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=1&limit=2",
        "sort=orgnr",
        "nonsense=1",
        "owner=١",
        "cursor=x",
        "cursor=W10",
        "stage=won",
        "q=%00",
    ],
)
def test_a_query_that_is_not_what_was_declared_is_refused(writer: Program, query: str):
    answer: Any = writer("GET", f"/companies?{query}")
    assert answer.status_code == 400
