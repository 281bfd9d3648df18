"""What watches over the program: /health, /metrics, «Drift», and a log without personal data."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from config import Config
from crm import clock, journal
from crm.accounts import operations as accounts
from crm.app import create_app
from crm.cli.db import upgrade_database
from crm.storage.engines import Database, driver
from crm.upkeep import machine
from tests import world as worlds
from tests.conftest import KEY

MARKER = "Markørnavn"


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "instance"
    made = create_app(Config(secret_key=KEY, instance=folder, env="test", offline=True))
    with made.app_context():
        upgrade_database()
        with made.extensions["crm.database"].Write() as session:
            worlds.build(session)
            session.commit()
    made.extensions["crm.database"].dispose()
    return folder


@pytest.fixture
def own(_made: Path, tmp_path: Path) -> Iterator[Flask]:
    """A program with a database of its own that a test may spoil."""
    folder = tmp_path / "instance"
    shutil.copytree(_made, folder)
    settings = Config(
        secret_key=KEY, instance=folder, env="test", offline=True, metrics_token="a token", log_format="json"
    )
    made = create_app(settings)
    made.config.update(WTF_CSRF_ENABLED=False)
    yield made
    made.extensions["crm.database"].dispose()


@pytest.fixture
def signed_in(own: Flask) -> FlaskClient:
    with own.extensions["crm.database"].Write() as session:
        user = accounts.queries.find_by_email(session, "admin@example.org")
        assert user
        token = accounts.open_session(session, user, now=clock.now())
        session.commit()
    client = own.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def database(own: Flask) -> Database:
    return own.extensions["crm.database"]


def test_health_tells_that_it_reads_and_writes(own: Flask):
    answer = own.test_client().get("/health")
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ok", "database": "sqlite", "reads": True, "writes": True},
    )


def test_health_says_in_one_word_what_is_wrong(own: Flask):
    other = driver.connect(str(machine.database_file(database(own))), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = own.test_client().get("/health")
    other.close()
    assert answer.status_code == 503
    assert answer.json == {
        "status": "down",
        "database": "sqlite",
        "reads": True,
        "writes": False,
        "reason": "locked",
    }
    assert own.test_client().get("/health").status_code == 200


def test_health_is_down_on_an_old_schema(own: Flask):
    with database(own).Write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '94ce10d7b8f5'"))
        session.commit()
    answer = own.test_client().get("/health")
    assert (answer.status_code, answer.json["reason"]) == (503, "tables")


def test_health_asked_a_hundred_times_writes_once(own: Flask):
    seen: list[str] = []
    client = own.test_client()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.split(" ", 1)[0])

    event.listen(database(own).engine, "before_cursor_execute", note)
    assert {client.get("/health").status_code for _ in range(100)} == {200}
    assert seen.count("INSERT") == 1


def test_metrics_are_there_for_whoever_has_the_token_alone(own: Flask):
    client = own.test_client()
    client.get("/accessibility")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer a token"})
    told = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for name in (
        "crm_requests_total",
        "crm_request_seconds_bucket",
        "crm_disk_free_bytes",
        "crm_worker_processes",
    ):
        assert f"\n{name}" in told
    assert "crm_database_up 1.0" in told


def test_there_are_no_metrics_without_a_token_in_the_settings(stranger: FlaskClient):
    assert stranger.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_hold_no_name_number_or_word_of_anybody(own: Flask, signed_in: FlaskClient):
    signed_in.get(f"/companies/?q={MARKER}")
    signed_in.get(f"/{MARKER}/4711")
    signed_in.post("/companies/new", data={"name": MARKER})
    told = signed_in.get("/metrics", headers={"Authorization": "Bearer a token"}).get_data(as_text=True)
    assert MARKER not in told
    assert "4711" not in told
    assert "example.org" not in told


def test_the_log_holds_nothing_of_what_was_typed_even_when_all_goes_wrong(
    own: Flask, signed_in: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    own.config["PROPAGATE_EXCEPTIONS"] = False
    lines: list[str] = []
    form = journal.JsonLine()
    with caplog.at_level(logging.INFO):
        signed_in.get(f"/companies/?q={MARKER}")
        signed_in.post("/companies/new", data={"name": MARKER, "note": MARKER})
        signed_in.post("/sign-in", data={"email": f"{MARKER}@example.org", "password": MARKER})
        signed_in.get(f"/sign-in/{MARKER}")
        with database(own).Write() as session:
            session.execute(text("ALTER TABLE companies RENAME COLUMN name TO nome"))
            session.commit()
        for path in (f"/companies/?q={MARKER}", f"/search/?q={MARKER}"):
            assert signed_in.get(path).status_code >= 500
        assert signed_in.post("/companies/new", data={"name": MARKER}).status_code >= 500
    lines = [form.format(record) for record in caplog.records]
    assert any("/companies/" in line for line in lines)
    assert [line for line in lines if MARKER.lower() in line.lower()] == []


def test_a_busy_database_keeps_what_was_typed_and_takes_it_when_sent_again(
    own: Flask, signed_in: FlaskClient
):
    other = driver.connect(str(machine.database_file(database(own))), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    typed = {"name": MARKER, "stage": "identified"}
    answer = signed_in.post("/companies/new", data=typed)
    other.close()
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "ikke lagret" in page
    assert f">\n{MARKER}</textarea>" in page
    assert signed_in.post("/companies/new", data=typed).status_code == 303


def test_a_password_is_not_written_into_the_page(own: Flask):
    other = driver.connect(str(machine.database_file(database(own))), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = own.test_client().post("/sign-in", data={"email": "a@example.org", "password": MARKER})
    other.close()
    assert answer.status_code == 503
    assert MARKER not in answer.get_data(as_text=True)


def test_a_page_says_so_when_the_database_is_gone(own: Flask, signed_in: FlaskClient):
    path = machine.database_file(database(own))
    assert path
    database(own).dispose()
    path.write_bytes(b"no database at all" * 1000)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    for client in (signed_in, own.test_client()):
        for address in ("/", "/companies/", "/health"):
            answer = client.get(address)
            assert answer.status_code in {302, 503}, (address, answer.status_code)
    assert "skadet" in signed_in.get("/companies/").get_data(as_text=True)


def test_drift_shows_what_must_be_done(administrator: FlaskClient):
    page = administrator.get("/operations/").get_data(as_text=True)
    assert "Ingen arbeider går" in page
    assert "flask --app wsgi worker" in page


def test_drift_is_for_administrators(developer: FlaskClient):
    assert developer.get("/operations/").status_code == 403


def test_drift_is_shown_in_each_language(
    sign_in: Callable[..., FlaskClient], site: worlds.World, db: Session
):
    for language in ("nn", "en"):
        site.administrator.language = language
        db.commit()
        page = sign_in(site.administrator).get("/operations/").get_data(as_text=True)
        assert "må rettes" not in page
