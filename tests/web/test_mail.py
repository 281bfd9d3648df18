"""Mails that pages write: invitations, new passwords, notices, and the outbox administrators see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from crm import clock
from crm.accounts import operations, secrets
from crm.accounts.models import AccessLink, LinkPurpose, User, WeeklyMail
from crm.jobs.mail_sending import Postman
from crm.mail.models import Mail, MailKind, MailState
from crm.mail.texts import LANGUAGES, TEXTS
from tests.conftest import KEY
from tests.world import World

PASSWORD = "en lang setning om elg"


@pytest.fixture
def with_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as it is where a mail server is set up; the worker that sends is not running."""
    there = Config(
        secret_key=KEY,
        instance=app.extensions["crm.settings"].instance,
        env="test",
        smtp_url="smtp://crm:hemmelig@mail.example.org",
        mail_from="crm@example.org",
    )
    monkeypatch.setitem(app.extensions, "crm.settings", there)


@pytest.fixture
def user(db: Session, site: World) -> User:
    operations.set_password(db, None, site.developer, PASSWORD, now=clock.now())
    db.commit()
    return site.developer


def written(db: Session, kind: MailKind) -> list[Mail]:
    return list(db.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def path_in(mail: Mail) -> str:
    """Where the link of a mail leads, made as the worker makes it."""
    sent = Postman(server=None, base="https://crm.example.org", key=KEY).ready(mail)
    found = re.search(r"https://crm\.example\.org(/sign-in/\S+)", sent.body)
    assert found, sent.body
    return found.group(1)


def test_an_invitation_is_mailed_and_its_link_is_the_one_shown(
    administrator: FlaskClient, stranger: FlaskClient, db: Session, with_server: None
):
    page = administrator.post("/users/", data={"email": "ny@example.org", "name": "Ny", "role": "reader"})
    (mail,) = written(db, MailKind.INVITATION)
    assert mail.recipient == "ny@example.org"
    assert "er på vei til ny@example.org" in page.text
    assert path_in(mail) in page.text
    assert path_in(mail).rpartition("/")[2] not in mail.body + mail.seed
    assert stranger.post(path_in(mail), data={"password": PASSWORD}).location == "/"


def test_without_a_mail_server_the_pages_say_what_is_missing(
    administrator: FlaskClient, stranger: FlaskClient, app: Flask
):
    assert "CRM_OFFLINE er på" in administrator.get("/mail/").text
    assert "Programmet sender ikke e-post ennå" in administrator.get("/users/").text
    assert "sender ikke e-post ennå" in stranger.get("/forgotten").text
    assert 'href="/forgotten"' not in stranger.get("/sign-in").text
    assert stranger.post("/forgotten", data={"email": "dev@example.org"}).status_code == 200


def test_a_forgotten_password_is_chosen_anew_by_the_mailed_link_once(
    stranger: FlaskClient, app: Flask, db: Session, user: User, with_server: None
):
    asked = stranger.post("/forgotten", data={"email": " DEV@example.org"})
    assert "Har adressen en konto her" in asked.text
    (mail,) = written(db, MailKind.RESET)
    address = path_in(mail)
    assert "Velg nytt passord" in stranger.get(address).text
    assert stranger.post(address, data={"password": "kort"}).status_code == 422
    assert stranger.post(address, data={"password": PASSWORD + " på tur"}).location == "/"
    assert app.test_client().post(address, data={"password": PASSWORD}).status_code == 410


def test_the_link_of_a_forgotten_password_dies_after_half_an_hour_and_with_a_new_password(
    stranger: FlaskClient, db: Session, user: User, with_server: None
):
    stranger.post("/forgotten", data={"email": "dev@example.org"})
    (link,) = db.scalars(select(AccessLink).where(AccessLink.used_at.is_(None)))
    assert timedelta(minutes=29) < link.expires_at - clock.now() <= timedelta(minutes=30)
    (mail,) = written(db, MailKind.RESET)
    operations.set_password(db, user.id, user, PASSWORD + " igjen", now=clock.now())
    db.commit()
    assert stranger.get(path_in(mail)).status_code == 410


def test_nobody_learns_whether_an_address_has_an_account(
    stranger: FlaskClient, db: Session, user: User, with_server: None
):
    def ask(email: str, place: int) -> tuple[int, str]:
        answer = stranger.post(
            "/forgotten", data={"email": email}, environ_base={"REMOTE_ADDR": f"192.0.2.{place}"}
        )
        body = re.sub(r'value="[^"]*"', "", answer.text)
        return answer.status_code, body

    known = [ask("dev@example.org", number) for number in range(12)]
    unknown = [ask("nobody@example.org", number) for number in range(12, 24)]
    assert len({*known, *unknown}) == 1
    assert len(written(db, MailKind.RESET)) == 3, "three mails an hour, wherever they are asked from"


def test_asking_for_new_passwords_is_held_back(stranger: FlaskClient, user: User, with_server: None):
    answers = [stranger.post("/forgotten", data={"email": "x@example.org"}) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    many = [stranger.post("/forgotten", data={"email": f"x{n}@example.org"}) for n in range(40)]
    assert many[-1].status_code == 429


def test_a_closed_account_gets_no_link(stranger: FlaskClient, db: Session, user: User, with_server: None):
    user.active = False
    db.commit()
    assert stranger.post("/forgotten", data={"email": "dev@example.org"}).status_code == 200
    assert written(db, MailKind.RESET) == []


def test_links_lead_to_the_configured_address_whatever_host_was_asked(
    stranger: FlaskClient, db: Session, user: User, with_server: None
):
    stranger.post(
        "/forgotten",
        data={"email": "dev@example.org"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    (mail,) = written(db, MailKind.RESET)
    assert "evil" not in Postman(server=None, base="https://crm.example.org", key=KEY).ready(mail).body


def test_a_changed_password_is_told_in_the_users_language(
    sign_in: Callable[[User], FlaskClient], db: Session, user: User
):
    user.language = "en"
    db.commit()
    new = {"present": PASSWORD, "password": PASSWORD + " igjen"}
    assert sign_in(user).post("/me/password", data=new).status_code == 303
    (mail,) = written(db, MailKind.NOTICE)
    assert "Your password was changed." in mail.body
    assert "Was it not you?" in mail.body


def test_the_first_password_is_not_told(stranger: FlaskClient, db: Session, site: World):
    token = operations.issue_link(db, site.reader, LinkPurpose.INVITATION, now=clock.now())
    db.commit()
    stranger.post(f"/sign-in/{token}", data={"password": PASSWORD})
    assert written(db, MailKind.NOTICE) == []


def test_the_outbox_tells_what_waits_and_why_and_tries_at_once(
    administrator: FlaskClient, db: Session, user: User, with_server: None
):
    assert administrator.post("/mail/test").status_code == 303
    (mail,) = written(db, MailKind.TEST)
    mail.reason, mail.detail, mail.tries = "login", "mail.example.org: 535", 2
    mail.next_at = clock.now() + timedelta(hours=1)
    db.commit()
    page = administrator.get("/mail/").text
    assert "godtar ikke brukernavnet" in page
    assert "hemmelig" not in page
    assert administrator.post(f"/mail/{mail.id}/again").status_code == 303
    db.expire_all()
    assert mail.next_at <= clock.now()
    mail.state = MailState.SENT
    db.commit()
    administrator.post(f"/mail/{mail.id}/again")
    assert "alt sendt eller oppgitt" in administrator.get("/mail/").text
    assert administrator.post("/mail/4711/again").status_code == 404


def test_one_press_ends_the_weekly_mail_without_signing_in(app: Flask, db: Session, user: User):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        client, token = app.test_client(), secrets.stop_token(KEY, user.id)
        assert client.get(f"/mail/stop/{token}").status_code == 200
        db.expire_all()
        assert user.weekly_mail is WeeklyMail.COUNTS, "looking ends nothing"
        pressed = client.post(f"/mail/stop/{token}", data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert pressed.status_code == 200
    db.expire_all()
    assert user.weekly_mail is WeeklyMail.OFF
    assert client.post(f"/mail/stop/{token}x").status_code == 404
    assert client.get("/mail/stop/nothing").status_code == 404


def test_the_weekly_mail_is_chosen_on_ones_own_page(
    sign_in: Callable[[User], FlaskClient], db: Session, user: User
):
    client = sign_in(user)
    assert client.post("/me/weekly-mail", data={"weekly_mail": "names"}).status_code == 303
    client.post("/me/weekly-mail", data={"weekly_mail": "everything"})
    db.expire_all()
    assert user.weekly_mail is WeeklyMail.NAMES


def test_every_mail_is_written_in_each_language_with_the_same_places():
    assert set(TEXTS) == set(LANGUAGES)
    places = {
        name: {language: sorted(re.findall(r"{\w+}", TEXTS[language][name])) for language in LANGUAGES}
        for name in TEXTS["nb"]
    }
    assert all(set(TEXTS[language]) == set(TEXTS["nb"]) for language in LANGUAGES)
    assert [name for name, found in places.items() if len({*map(tuple, found.values())}) > 1] == []
