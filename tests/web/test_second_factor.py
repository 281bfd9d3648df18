"""Signing in with a code as well, and showing anew who one is before lists go out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import operations
from crm.accounts.models import RecoveryCode, SecondFactor, User, UserSession
from tests.world import World

PASSWORD = "en lang setning om elg"


@pytest.fixture
def user(db: Session, site: World) -> User:
    operations.set_password(db, None, site.developer, PASSWORD, now=clock.now())
    db.commit()
    return site.developer


@pytest.fixture
def signed_in(user: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(user)


def turn_on(client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the code on with the code of half a minute ago, so that the present one is unspent."""
    client.post("/me/second-factor/begin")
    page = client.get("/me/second-factor").text
    secret = re.search(r"<code class=\"prose\">([A-Z2-7 ]+)</code>", page)
    assert secret
    app = pyotp.TOTP(secret.group(1).replace(" ", ""))
    on = client.post("/me/second-factor", data={"code": app.at(clock.now() - timedelta(seconds=30))})
    assert on.status_code == 200, on.text
    return app, re.findall(r"<li><code>([\w-]+)</code>", on.text)


def password_step(app: Flask) -> FlaskClient:
    client = app.test_client()
    answer = client.post(
        "/sign-in", data={"email": "dev@example.org", "password": PASSWORD, "next": "/needs/"}
    )
    assert answer.location == "/sign-in/code"
    return client


def test_signing_in_asks_for_the_code_and_leads_on(app: Flask, signed_in: FlaskClient):
    totp, _codes = turn_on(signed_in)
    client = password_step(app)
    assert client.get("/").location.startswith("/sign-in")
    assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert client.post("/sign-in/code", data={"code": totp.now()}).location == "/needs/"
    assert client.get("/").status_code == 200


def test_a_code_opens_once(app: Flask, signed_in: FlaskClient):
    totp, _codes = turn_on(signed_in)
    spent = totp.now()
    assert password_step(app).post("/sign-in/code", data={"code": spent}).status_code == 303
    assert password_step(app).post("/sign-in/code", data={"code": spent}).status_code == 422


def test_a_recovery_code_stands_in_once_and_is_stored_hashed(app: Flask, signed_in: FlaskClient, db: Session):
    _totp, codes = turn_on(signed_in)
    assert len(set(codes)) == 10
    stored = set(db.scalars(select(RecoveryCode.code_hash)))
    assert not stored & {code.replace("-", "") for code in codes}
    typed = codes[0].upper().replace("-", " ")
    assert password_step(app).post("/sign-in/code", data={"code": typed}).status_code == 303
    assert password_step(app).post("/sign-in/code", data={"code": typed}).status_code == 422


def test_the_database_alone_does_not_hold_the_secret(signed_in: FlaskClient, db: Session):
    totp, _codes = turn_on(signed_in)
    factor = db.scalars(select(SecondFactor)).one()
    assert totp.secret not in factor.seed


def test_guessing_at_codes_is_held_back(app: Flask, signed_in: FlaskClient):
    totp, _codes = turn_on(signed_in)
    client = password_step(app)
    for number in range(8):
        client.post("/sign-in/code", data={"code": f"00000{number}"})
    assert "For mange forsøk" in client.post("/sign-in/code", data={"code": totp.now()}).text


def test_the_second_step_without_the_first_leads_to_the_door(stranger: FlaskClient):
    assert stranger.get("/sign-in/code").location == "/sign-in"
    assert stranger.post("/sign-in/code", data={"code": "123456"}).location == "/sign-in"


def test_a_new_password_by_link_still_asks_for_the_code(
    app: Flask, signed_in: FlaskClient, db: Session, user: User
):
    turn_on(signed_in)
    token = operations.issue_link(db, user, operations.LinkPurpose.INVITATION, now=clock.now())
    db.commit()
    answer = app.test_client().post(f"/sign-in/{token}", data={"password": PASSWORD + " og rein"})
    assert answer.location == "/sign-in/code"


def long_ago(db: Session, user: User, **span: float) -> None:
    past = clock.now() - timedelta(**span)
    db.execute(update(UserSession).where(UserSession.user_id == user.id).values(proved_at=past))
    db.commit()


def test_a_list_goes_out_only_after_showing_anew_who_one_is(signed_in: FlaskClient, db: Session, user: User):
    with signed_in.get("/companies/export.csv") as answer:
        assert answer.status_code == 200
    long_ago(db, user, hours=9)
    asked = signed_in.get("/companies/export.csv?q=x")
    assert asked.location == "/me/prove?next=/companies/export.csv?q%3Dx"
    page = signed_in.get(asked.location)
    assert page.status_code == 200
    wrong = signed_in.post("/me/prove", data={"password": "galt passord", "next": "/companies/"})
    assert wrong.status_code == 422
    right = signed_in.post("/me/prove", data={"password": PASSWORD, "next": "/companies/export.csv?q=x"})
    assert right.location == "/companies/export.csv?q=x"
    with signed_in.get("/companies/export.csv") as answer:
        assert answer.status_code == 200


def test_turning_the_code_on_or_off_asks_anew(signed_in: FlaskClient, db: Session, user: User):
    long_ago(db, user, minutes=20)
    assert signed_in.post("/me/second-factor/begin").location.startswith("/me/prove")
    assert signed_in.post("/me/second-factor/remove").location.startswith("/me/prove")
    assert db.scalars(select(SecondFactor)).all() == []


def test_an_administrator_helps_who_lost_phone_and_paper(
    app: Flask, signed_in: FlaskClient, administrator: FlaskClient, user: User
):
    turn_on(signed_in)
    assert "Fjern engangskode" in administrator.get("/users/").text
    assert administrator.post(f"/users/{user.id}/second-factor/remove").status_code == 303
    assert signed_in.get("/me").status_code == 302
    answer = app.test_client().post("/sign-in", data={"email": "dev@example.org", "password": PASSWORD})
    assert answer.location == "/"
