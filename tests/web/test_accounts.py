"""Signing in and out: one-time links, passwords, and sessions that can be ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations, queries
from crm.accounts.models import LinkPurpose, User
from tests.world import World

PASSWORD = "en lang setning om elg"


def link(db: Session, user: User, purpose: LinkPurpose) -> str:
    token = operations.issue_link(db, user, purpose, now=clock.now())
    db.commit()
    return f"/sign-in/{token}"


@pytest.fixture
def with_password(db: Session, site: World) -> User:
    operations.set_password(db, None, site.developer, PASSWORD, now=clock.now())
    db.commit()
    return site.developer


def test_a_sign_in_link_signs_in_once(stranger: FlaskClient, app: Flask, db: Session, site: World):
    address = link(db, site.developer, LinkPurpose.SIGN_IN)
    assert stranger.get(address).location == "/"
    assert stranger.get("/").status_code == 200
    assert app.test_client().get(address).status_code == 410


def test_an_expired_link_opens_nothing(stranger: FlaskClient, db: Session, site: World):
    token = operations.issue_link(
        db, site.developer, LinkPurpose.SIGN_IN, now=clock.now() - timedelta(days=1)
    )
    db.commit()
    assert stranger.get(f"/sign-in/{token}").status_code == 410


def test_an_invitation_is_spent_by_the_password_not_by_looking(
    stranger: FlaskClient, db: Session, site: World
):
    address = link(db, site.reader, LinkPurpose.INVITATION)
    assert stranger.get(address).status_code == 200
    assert stranger.get(address).status_code == 200
    assert stranger.post(address, data={"password": "kort"}).status_code == 422
    assert stranger.post(address, data={"password": PASSWORD}).location == "/"
    assert stranger.post(address, data={"password": PASSWORD}).status_code == 410


def test_the_right_password_signs_in_and_leads_on(stranger: FlaskClient, with_password: User):
    data = {"email": "DEV@example.org ", "password": PASSWORD, "next": "/companies/?q=x"}
    assert stranger.post("/sign-in", data=data).location == "/companies/?q=x"


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example/x", "/\\evil", "\t//evil.example"]
)
def test_signing_in_never_leads_to_another_site(stranger: FlaskClient, with_password: User, address: str):
    data = {"email": "dev@example.org", "password": PASSWORD, "next": address}
    assert stranger.post("/sign-in", data=data).location == "/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    stranger: FlaskClient, with_password: User
):
    pages = [
        stranger.post("/sign-in", data={"email": email, "password": "noe helt annet"})
        for email in ("dev@example.org", "nobody@example.org")
    ]
    assert {page.status_code for page in pages} == {422}
    bodies = {
        re.sub(r'name="csrf_token" value="[^"]*"', "", page.text).replace("nobody", "dev") for page in pages
    }
    assert len(bodies) == 1


def test_guessing_is_slowed_down_for_that_address_alone(stranger: FlaskClient, with_password: User):
    for _ in range(8):
        stranger.post("/sign-in", data={"email": "dev@example.org", "password": "galt passord"})
    right = {"email": "dev@example.org", "password": PASSWORD}
    held_back = stranger.post("/sign-in", data=right)
    assert held_back.status_code == 429
    assert "For mange forsøk" in held_back.text
    assert 1 <= int(held_back.headers["Retry-After"]) <= 600
    elsewhere = stranger.post("/sign-in", data=right, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.location == "/"


def test_guessing_at_many_accounts_from_one_place_is_slowed_down(stranger: FlaskClient, with_password: User):
    for number in range(40):
        stranger.post("/sign-in", data={"email": f"dev{number}@example.org", "password": "galt passord"})
    right = {"email": "dev@example.org", "password": PASSWORD}
    assert stranger.post("/sign-in", data=right).status_code == 429


def test_the_list_of_sessions_tells_the_device_and_ends_the_others(
    stranger: FlaskClient, app: Flask, with_password: User
):
    right = {"email": "dev@example.org", "password": PASSWORD}
    agents = ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0", "Mozilla/5.0 (iPhone) Version/18 Safari/604")
    clients = [app.test_client() for _ in agents]
    for client, agent in zip(clients, agents, strict=True):
        client.post("/sign-in", data=right, headers={"User-Agent": agent})
    page = clients[0].get("/me").text
    assert "Chrome på Windows" in page
    assert "Safari på iPhone" in page
    assert clients[0].post("/me/sessions/end").status_code == 303
    assert [client.get("/me").status_code for client in clients] == [200, 302]


def test_one_session_is_ended_by_its_owner_alone(
    developer: FlaskClient,
    reader: FlaskClient,
    db: Session,
    sign_in: Callable[[User], FlaskClient],
    site: World,
):
    elsewhere = sign_in(site.developer)
    other = db.scalars(queries.live_sessions(site.developer.id, now=clock.now())).first()
    assert other
    assert reader.post(f"/me/sessions/{other.id}/end").status_code == 404
    assert developer.post(f"/me/sessions/{other.id}/end").status_code == 303
    assert sorted([developer.get("/me").status_code, elsewhere.get("/me").status_code]) == [200, 302]


def test_a_browser_left_alone_for_a_week_is_signed_out(app: Flask, db: Session, site: World):
    week_ago = clock.now() - timedelta(days=7, minutes=1)
    token = operations.open_session(db, site.developer, now=week_ago)
    db.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    assert client.get("/me").status_code == 302


def test_using_a_browser_keeps_it_signed_in(app: Flask, db: Session, site: World):
    yesterday = clock.now() - timedelta(days=1)
    token = operations.open_session(db, site.developer, now=yesterday)
    db.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    assert client.get("/me").status_code == 200
    db.expire_all()
    (seen,) = db.scalars(queries.live_sessions(site.developer.id, now=clock.now()))
    assert seen.seen_at
    assert seen.seen_at > yesterday


def test_an_old_cookie_opens_nothing_after_signing_out(developer: FlaskClient, app: Flask):
    with developer.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert developer.post("/sign-out").location == "/sign-in"
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    assert thief.get("/").location.startswith("/sign-in")


def test_a_new_password_ends_every_other_session(
    db: Session, with_password: User, sign_in: Callable[[User], FlaskClient]
):
    here, there = sign_in(with_password), sign_in(with_password)
    refused = here.post("/me/password", data={"present": "galt", "password": f"{PASSWORD} og rein"})
    assert refused.status_code == 422
    changed = here.post("/me/password", data={"present": PASSWORD, "password": f"{PASSWORD} og rein"})
    assert changed.status_code == 303
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_a_closed_account_is_out_at_the_next_request(
    administrator: FlaskClient, developer: FlaskClient, site: World
):
    assert developer.get("/me").status_code == 200
    administrator.post(f"/users/{site.developer.id}/close")
    assert developer.get("/me").status_code == 302


def test_nobody_closes_their_own_account(administrator: FlaskClient, site: World):
    administrator.post(f"/users/{site.administrator.id}/close")
    assert administrator.get("/users/").status_code == 200


def test_an_invitation_is_shown_to_the_administrator_once(administrator: FlaskClient):
    answer = administrator.post(
        "/users/", data={"email": "ny@example.org", "role": "reader", "name": "Ny Eksempel"}
    )
    assert "/sign-in/" in answer.text
    again = administrator.post("/users/", data={"email": "ny@example.org", "role": "reader"})
    assert again.status_code == 422


def test_the_language_is_chosen_and_kept(developer: FlaskClient):
    developer.post("/me/language", data={"language": "en"})
    assert '<html lang="en"' in developer.get("/me").text


def test_a_form_without_its_token_is_refused(developer: FlaskClient, app: Flask, site: World):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = developer.post(f"/companies/{site.company.id}/unfollow")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "Skjemaet" in answer.text


def test_every_answer_carries_the_headers_that_keep_browsers_safe(
    developer: FlaskClient, stranger: FlaskClient
):
    for answer in (
        developer.get("/"),
        stranger.get("/sign-in"),
        developer.get("/nowhere"),
        stranger.get("/health"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
