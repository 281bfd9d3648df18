"""Passkeys: added, shown, called something, removed; and every answer that opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Config
from crm import clock
from crm.accounts import operations, passkeys
from crm.accounts.models import Attempt, Passkey, User, UserSession
from crm.mail.models import Mail
from tests.conftest import KEY
from tests.web.soft_key import SoftKey
from tests.web.test_second_factor import turn_on
from tests.world import World

BASE = "https://crm.example.org"
PASSWORD = "en lang setning om elg"


@pytest.fixture(autouse=True)
def at_an_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = app.extensions["crm.settings"].instance
    there = Config(secret_key=KEY, instance=instance, env="test", offline=True, base_url=BASE)
    monkeypatch.setitem(app.extensions, "crm.settings", there)


@pytest.fixture
def user(db: Session, site: World) -> User:
    operations.set_password(db, None, site.developer, PASSWORD, now=clock.now())
    db.commit()
    return site.developer


@pytest.fixture
def inside(user: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(user)


@pytest.fixture
def key() -> SoftKey:
    return SoftKey(origin=BASE)


def add(client: FlaskClient, key: SoftKey, name: str = "Telefonen") -> TestResponse:
    asked = client.post("/me/passkeys/begin").get_json()
    return client.post("/me/passkeys", data={"answer": key.made(asked), "name": name})


def enter(client: FlaskClient, key: SoftKey, **more: str) -> TestResponse:
    asked = client.post("/sign-in/passkey/begin").get_json()
    return client.post("/sign-in/passkey", data={"answer": key.shown(asked)} | more)


def count(db: Session) -> int:
    db.expire_all()
    return len(db.scalars(select(Passkey)).all())


def test_a_passkey_signs_in_and_leads_on(
    inside: FlaskClient, stranger: FlaskClient, key: SoftKey, db: Session
):
    assert add(inside, key).location == "/me#passkeys"
    assert "Telefonen" in inside.get("/me").text
    assert "Logg inn med passnøkkel" in stranger.get("/sign-in").text
    assert enter(stranger, key, next="/needs/").location == "/needs/"
    assert stranger.get("/").status_code == 200
    assert enter(inside, key, next="https://evil.example").location == "/"
    db.expire_all()
    kept = db.scalars(select(Passkey)).one()
    assert (kept.sign_count, kept.last_used_at is not None) == (2, True)


def test_a_passkey_is_two_factors_and_stands_in_for_the_code(inside: FlaskClient, app: Flask, key: SoftKey):
    turn_on(inside)
    add(inside, key)
    client = app.test_client()
    right = {"email": "dev@example.org", "password": PASSWORD, "next": "/needs/"}
    assert client.post("/sign-in", data=right).location == "/sign-in/code"
    assert "Bruk passnøkkel i stedet" in client.get("/sign-in/code").text
    assert enter(client, key).location == "/needs/"


def out(app: Flask, answer: Callable[[FlaskClient, SoftKey], TestResponse], key: SoftKey) -> bool:
    """Whether an answer leads back to the door."""
    client = app.test_client()
    there = answer(client, key)
    return there.location == "/sign-in" and client.get("/").status_code == 302


def test_another_sites_answer_opens_nothing(inside: FlaskClient, app: Flask, key: SoftKey):
    add(inside, key)
    for origin in ("https://crm.example.org.evil.example", "http://crm.example.org", "https://example.org"):
        assert out(app, enter, replace(key, origin=origin, count=5))
    assert not out(app, enter, replace(key, count=5))


def test_an_answer_without_finger_or_code_opens_nothing(inside: FlaskClient, app: Flask, key: SoftKey):
    add(inside, key)
    assert out(app, enter, replace(key, verified=False, count=5))


def test_a_copy_of_a_passkey_is_noticed_by_its_count(inside: FlaskClient, app: Flask, key: SoftKey):
    add(inside, key)
    copy = replace(key)
    assert not out(app, enter, key)
    assert not out(app, enter, key)
    assert out(app, enter, copy)


def test_an_answer_opens_once_and_for_the_browser_that_asked(
    inside: FlaskClient, app: Flask, key: SoftKey, db: Session
):
    add(inside, key)
    client, other = app.test_client(), app.test_client()
    answer = key.shown(client.post("/sign-in/passkey/begin").get_json())
    other.post("/sign-in/passkey/begin")
    assert other.post("/sign-in/passkey", data={"answer": answer}).location == "/sign-in"
    cookie = client.get_cookie("crm") or client.get_cookie("__Host-crm")
    assert cookie
    assert client.post("/sign-in/passkey", data={"answer": answer}).location == "/"
    again = app.test_client()
    again.set_cookie(cookie.key, cookie.value)
    assert again.post("/sign-in/passkey", data={"answer": answer}).location == "/sign-in"


def test_an_answer_that_comes_too_late_opens_nothing(
    inside: FlaskClient, stranger: FlaskClient, key: SoftKey, db: Session
):
    add(inside, key)
    answer = key.shown(stranger.post("/sign-in/passkey/begin").get_json())
    db.execute(update(Attempt).values(expires_at=clock.now() - timedelta(seconds=1)))
    db.commit()
    assert stranger.post("/sign-in/passkey", data={"answer": answer}).location == "/sign-in"


@pytest.mark.parametrize("answer", ["", "{}", "[]", "x" * 100_000, '{"id": "æ", "rawId": 1}', "null"])
def test_noise_opens_nothing_and_breaks_nothing(
    inside: FlaskClient, stranger: FlaskClient, key: SoftKey, db: Session, answer: str
):
    add(inside, key)
    stranger.post("/sign-in/passkey/begin")
    assert stranger.post("/sign-in/passkey", data={"answer": answer}).location == "/sign-in"
    inside.post("/me/passkeys/begin")
    assert inside.post("/me/passkeys", data={"answer": answer, "name": "x"}).status_code == 303
    assert count(db) == 1


def test_a_stranger_and_a_closed_account_stay_outside(
    inside: FlaskClient, app: Flask, key: SoftKey, user: User, db: Session
):
    assert out(app, enter, key)
    add(inside, key)
    user.active = False
    db.commit()
    assert out(app, enter, key)


def test_trying_passkeys_is_held_back(app: Flask, site: World, key: SoftKey):
    client = app.test_client()
    for _ in range(9):
        enter(client, key)
    assert "For mange forsøk" in client.get("/sign-in").text


def test_adding_and_removing_ask_anew_who_one_is_and_are_told(
    inside: FlaskClient, key: SoftKey, user: User, db: Session
):
    add(inside, key)
    number = db.scalars(select(Passkey.id)).one()
    db.execute(update(UserSession).values(proved_at=clock.now() - timedelta(minutes=20)))
    db.commit()
    assert inside.post("/me/passkeys/begin").status_code == 403
    assert add_late(inside, key).startswith("/me/prove")
    assert inside.post(f"/me/passkeys/{number}/remove").location.startswith("/me/prove")
    assert "/me/prove?next=/me" in inside.get("/me").text
    asked = inside.post("/sign-in/passkey/begin").get_json()
    assert [one["id"] for one in asked["allowCredentials"]]
    proved = inside.post("/me/prove/passkey", data={"answer": key.shown(asked), "next": "/me"})
    assert proved.location == "/me"
    assert inside.post(f"/me/passkeys/{number}/remove").location == "/me#passkeys"
    assert count(db) == 0
    assert [mail.kind.value for mail in db.scalars(select(Mail))] == ["notice", "notice"]


def add_late(client: FlaskClient, key: SoftKey) -> str:
    return client.post("/me/passkeys", data={"answer": "{}", "name": "x"}).location


def test_anothers_passkey_proves_nothing(
    inside: FlaskClient, sign_in: Callable[[User], FlaskClient], site: World, key: SoftKey, db: Session
):
    other = sign_in(site.reader)
    add(inside, key)
    number = db.scalars(select(Passkey.id)).one()
    asked = other.post("/sign-in/passkey/begin").get_json()
    answer = other.post("/me/prove/passkey", data={"answer": key.shown(asked), "next": "/me"})
    assert answer.location.startswith("/me/prove")
    assert other.post(f"/me/passkeys/{number}/remove").status_code == 404
    assert other.post(f"/me/passkeys/{number}/rename", data={"name": "Min nå"}).status_code == 404
    assert count(db) == 1


def test_a_passkey_is_called_something_else(inside: FlaskClient, key: SoftKey, db: Session):
    add(inside, key)
    number = db.scalars(select(Passkey.id)).one()
    inside.post(f"/me/passkeys/{number}/rename", data={"name": "  Jobbtelefonen "})
    inside.post(f"/me/passkeys/{number}/rename", data={"name": "  "})
    db.expire_all()
    assert db.scalars(select(Passkey.name)).one() == "Jobbtelefonen"


def test_the_same_passkey_is_kept_once(inside: FlaskClient, key: SoftKey, db: Session):
    add(inside, key)
    add(inside, key, "Igjen")
    assert "lagret fra før" in inside.get("/me").text
    assert count(db) == 1


@pytest.mark.parametrize(
    ("base", "fit"),
    [
        ("https://crm.example.org", True),
        ("http://localhost:5000", True),
        ("http://crm.example.org", False),
        ("http://127.0.0.1:5000", False),
        ("https://10.0.0.4", False),
        ("https://[::1]", False),
    ],
)
def test_passkeys_need_an_address_with_a_name(base: str, fit: bool):
    assert passkeys.Site(base=base, key=KEY).fit is fit
