"""Signing in with a provider: whom it lets in, and every answer that is not to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Config
from crm import clock
from crm.accounts import operations
from crm.accounts.models import Attempt, Identity, LinkPurpose, User, UserSession
from crm.mail.models import Mail
from crm.sources.openid import Provider, provider_of
from tests.conftest import KEY
from tests.web.provider import Small, serving
from tests.world import World

PASSWORD = "en lang setning om elg"


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def provider(app: Flask, small: Small) -> Iterator[Provider]:
    with serving(small) as there:
        app.extensions["crm.openid"] = there
        yield there
        app.extensions["crm.openid"] = None


@pytest.fixture
def user(db: Session, site: World, provider: Provider) -> User:
    """Somebody whose account is connected."""
    operations.set_password(db, None, site.developer, PASSWORD, now=clock.now())
    db.add(Identity(user_id=site.developer.id, issuer=provider.issuer, subject="person-1"))
    db.commit()
    return site.developer


def go_there(client: FlaskClient, start: str = "/sign-in/openid") -> str:
    """Off to the provider, and the address it sends the browser back to."""
    away = client.get(start)
    assert away.status_code == 302, away.text
    with httpx.Client(trust_env=False) as browser:
        return str(browser.get(away.location).headers["Location"])


def come_back(client: FlaskClient, address: str) -> TestResponse:
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def refused(client: FlaskClient, address: str) -> bool:
    """Whether coming back led to the door again, signed out, with a sentence."""
    answer = come_back(client, address)
    page = client.get("/sign-in")
    return answer.location == "/sign-in" and "ds-alert" in page.text and client.get("/").status_code == 302


def test_whoever_is_connected_gets_in_and_where_they_wanted(stranger: FlaskClient, user: User, db: Session):
    assert "Logg inn med Kommunen" in stranger.get("/sign-in").text
    address = go_there(stranger, "/sign-in/openid?next=/needs/")
    assert come_back(stranger, address).location == "/needs/"
    assert stranger.get("/").status_code == 200
    db.expire_all()
    assert db.scalars(select(Identity)).one().last_used_at is not None


def test_what_is_asked_of_the_provider_holds_a_challenge_a_state_and_a_nonce(
    stranger: FlaskClient, user: User
):
    asked = parse_qs(urlsplit(stranger.get("/sign-in/openid").location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:5000/sign-in/openid/back"]
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3
    again = parse_qs(urlsplit(stranger.get("/sign-in/openid").location).query)
    assert not {asked["state"][0], asked["nonce"][0]} & {again["state"][0], again["nonce"][0]}


def test_the_second_factor_is_still_asked_for(
    stranger: FlaskClient, sign_in: Callable[[User], FlaskClient], user: User
):
    from tests.web.test_second_factor import turn_on  # noqa: PLC0415  (the step is theirs)

    turn_on(sign_in(user))
    assert come_back(stranger, go_there(stranger)).location == "/sign-in/code"


BENT: dict[str, Callable[[Small], object]] = {
    "a wrong nonce": lambda small: setattr(small, "bend", lambda said: said.update(nonce="another")),
    "no nonce": lambda small: setattr(small, "bend", lambda said: said.pop("nonce")),
    "a token for another": lambda small: setattr(small, "bend", lambda said: said.update(aud="another")),
    "a token for several": lambda small: setattr(
        small, "bend", lambda said: said.update(aud=["crm", "another"])
    ),
    "a token given to another": lambda small: setattr(
        small, "bend", lambda said: said.update(aud=["crm"], azp="another")
    ),
    "another issuer": lambda small: setattr(
        small, "bend", lambda said: said.update(iss=said["iss"] + "/other")
    ),
    "an issuer but for a slash": lambda small: setattr(
        small, "bend", lambda said: said.update(iss=said["iss"] + "/")
    ),
    "an expired token": lambda small: setattr(
        small, "bend", lambda said: said.update(iat=said["iat"] - 500, exp=said["exp"] - 500)
    ),
    "a token of last week": lambda small: setattr(
        small, "bend", lambda said: said.update(iat=said["iat"] - 700_000)
    ),
    "a token of tomorrow": lambda small: setattr(
        small, "bend", lambda said: said.update(iat=said["iat"] + 3600, exp=said["exp"] + 3600)
    ),
    "a token without an end": lambda small: setattr(small, "bend", lambda said: said.pop("exp")),
    "nobody": lambda small: setattr(small, "bend", lambda said: said.pop("sub")),
    "a number for a person": lambda small: setattr(small, "bend", lambda said: said.update(sub=["person-1"])),
    "no signature": lambda small: setattr(small, "sign_with", small.unsigned),
    "the public key as secret": lambda small: setattr(small, "sign_with", small.signed_with_public_key),
    "another's key": lambda small: setattr(small, "sign_with", small.signed_by_another),
    "no token": lambda small: setattr(small, "sign_with", lambda _claims: ""),
    "a flood": lambda small: setattr(small, "sign_with", lambda _claims: "x" * 100_000),
    "noise": lambda small: setattr(small, "sign_with", lambda _claims: "a.b.c"),
}


@pytest.mark.parametrize("how", BENT)
def test_an_answer_that_does_not_hold_lets_nobody_in(
    stranger: FlaskClient, user: User, small: Small, db: Session, how: str
):
    BENT[how](small)
    assert refused(stranger, go_there(stranger))
    assert db.scalars(select(UserSession)).all() == []


def test_a_clock_a_little_wrong_is_borne_with(stranger: FlaskClient, user: User, small: Small):
    small.bend = lambda said: said.update(iat=said["iat"] + 30)
    assert come_back(stranger, go_there(stranger)).location == "/"


def test_an_answer_comes_back_once(stranger: FlaskClient, app: Flask, user: User):
    with stranger.session_transaction() as cookie:
        cookie.clear()
    address = go_there(stranger)
    kept = stranger.get_cookie("crm") or stranger.get_cookie("__Host-crm")
    assert kept
    assert come_back(stranger, address).location == "/"
    replayed = app.test_client()
    replayed.set_cookie(kept.key, kept.value)
    assert refused(replayed, address)


def test_an_answer_meant_for_another_browser_lets_nobody_in(stranger: FlaskClient, app: Flask, user: User):
    address, other = go_there(stranger), app.test_client()
    assert refused(other, address)
    go_there(other)
    assert refused(other, address)


def test_an_answer_that_comes_too_late_lets_nobody_in(stranger: FlaskClient, user: User, db: Session):
    address = go_there(stranger)
    db.execute(update(Attempt).values(expires_at=clock.now() - timedelta(seconds=1)))
    db.commit()
    assert refused(stranger, address)


def test_a_code_is_redeemed_by_whoever_asked_for_it_alone(stranger: FlaskClient, app: Flask, user: User):
    """Another's code in one's own answer: the challenge does not fit."""
    other = app.test_client()
    stolen = parse_qs(urlsplit(go_there(other)).query)["code"][0]
    mine = parse_qs(urlsplit(go_there(stranger)).query)
    assert refused(stranger, f"/sign-in/openid/back?code={stolen}&state={mine['state'][0]}")


@pytest.mark.parametrize("more", ["&iss=https://evil.example", "&error=access_denied"])
def test_an_answer_that_names_another_issuer_or_an_error_lets_nobody_in(
    stranger: FlaskClient, user: User, more: str
):
    assert refused(stranger, go_there(stranger) + more)


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://169.254.169.254/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_believed(
    stranger: FlaskClient, user: User, small: Small, says: dict[str, str]
):
    small.says = says
    assert stranger.get("/sign-in/openid").location == "/sign-in"
    assert "sier noe annet om seg selv" in stranger.get("/sign-in").text


def test_a_provider_that_changes_its_key_is_asked_anew(stranger: FlaskClient, user: User, small: Small):
    assert come_back(stranger, go_there(stranger)).location == "/"
    from joserfc import jwt  # noqa: PLC0415  (this test alone signs by itself)
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    small.key = RSAKey.generate_key(2048, {"kid": "two"})
    small.sign_with = lambda said: jwt.encode({"alg": "RS256", "kid": "two"}, said, small.key)
    assert come_back(stranger, go_there(stranger)).location == "/"
    assert small.asked.count("/keys") == 2


def test_nobody_gets_an_account_by_signing_in(stranger: FlaskClient, user: User, small: Small, db: Session):
    small.person = {"sub": "person-2", "email": "ukjent@example.org", "email_verified": True}
    before = len(db.scalars(select(User)).all())
    assert refused(stranger, go_there(stranger))
    assert len(db.scalars(select(User)).all()) == before


def test_the_same_address_is_not_enough_to_be_somebody(
    stranger: FlaskClient, user: User, small: Small, db: Session
):
    small.person = {"sub": "person-2", "email": "dev@example.org", "email_verified": True}
    assert refused(stranger, go_there(stranger))
    assert len(db.scalars(select(Identity)).all()) == 1


@pytest.mark.parametrize(
    ("vouched", "enters"),
    [
        ({"email_verified": True}, True),
        ({"xms_edov": "1"}, True),
        ({}, False),
        ({"email_verified": "yes"}, False),
    ],
)
def test_who_is_invited_is_known_by_an_address_the_provider_vouches_for(
    app: Flask,
    provider: Provider,
    small: Small,
    db: Session,
    site: World,
    vouched: dict[str, object],
    enters: bool,
):
    operations.issue_link(db, site.reader, LinkPurpose.INVITATION, now=clock.now())
    db.commit()
    small.person = {"sub": "person-3", "email": "Reader@example.org"} | vouched
    client = app.test_client()
    answer = come_back(client, go_there(client))
    assert (answer.location == "/") is enters
    known = {found.subject for found in db.scalars(select(Identity))}
    assert known == ({"person-3"} if enters else set())


def test_a_closed_account_stays_closed(stranger: FlaskClient, user: User, db: Session):
    user.active = False
    db.commit()
    assert refused(stranger, go_there(stranger))


def test_one_connects_and_disconnects_on_ones_own_page_and_is_told(
    app: Flask, sign_in: Callable[[User], FlaskClient], provider: Provider, site: World, db: Session
):
    operations.set_password(db, None, site.reader, PASSWORD, now=clock.now())
    db.commit()
    client = sign_in(site.reader)
    assert "Koble til" in client.get("/me").text
    answer = come_back(client, go_there(client, "/me/openid/connect"))
    assert answer.location == "/me#openid"
    (identity,) = db.scalars(select(Identity))
    assert (identity.user_id, identity.subject) == (site.reader.id, "person-1")
    assert app.test_client().get("/sign-in").status_code == 200
    assert client.post(f"/me/openid/{identity.id}/disconnect").status_code == 303
    assert db.scalars(select(Identity)).all() == []
    assert [mail.kind for mail in db.scalars(select(Mail))] == ["notice", "notice"]


def test_connecting_asks_anew_who_one_is(
    sign_in: Callable[[User], FlaskClient], provider: Provider, site: World, db: Session
):
    client = sign_in(site.reader)
    db.execute(update(UserSession).values(proved_at=clock.now() - timedelta(minutes=20)))
    db.commit()
    assert client.get("/me/openid/connect").location.startswith("/me/prove")


def test_the_only_way_in_is_not_taken_away(
    sign_in: Callable[[User], FlaskClient], provider: Provider, site: World, db: Session
):
    made = Identity(user_id=site.reader.id, issuer=provider.issuer, subject="person-9")
    db.add(made)
    db.commit()
    client = sign_in(site.reader)
    client.post(f"/me/openid/{made.id}/disconnect")
    assert "Velg et passord først" in client.get("/me").text
    assert sign_in(site.developer).post(f"/me/openid/{made.id}/disconnect").status_code == 404


def test_a_connection_that_is_anothers_is_not_taken_over(
    sign_in: Callable[[User], FlaskClient], user: User, site: World, db: Session
):
    client = sign_in(site.reader)
    come_back(client, go_there(client, "/me/openid/connect"))
    assert "hører til en annen her" in client.get("/me").text
    assert db.scalars(select(Identity)).one().user_id == user.id


def test_without_a_provider_there_is_no_such_way_in(stranger: FlaskClient):
    assert stranger.get("/sign-in/openid").status_code == 404
    assert stranger.get("/sign-in/openid/back?code=x&state=y").status_code == 404


def test_a_provider_is_asked_at_its_own_host_alone():
    there = Config(secret_key=KEY, oidc_issuer="https://ansattporten.no", oidc_client_id="x")
    made = provider_of(there)
    assert made
    assert (made.outbound.allowed, made.name) == (frozenset({"ansattporten.no"}), "ansattporten.no")
    assert (
        provider_of(Config(secret_key=KEY, oidc_issuer="https://x.no", oidc_client_id="x", offline=True))
        is None
    )
