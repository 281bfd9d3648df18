"""A full disk, a held lock, a database that goes away: every page says something true, and all comes back."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.engine import make_url

from config import Config
from crm import clock
from crm.accounts import operations as accounts
from crm.accounts import queries
from crm.app import create_app
from crm.companies.models import Company
from crm.errors import CrmError
from crm.storage import backups, copies, schema
from crm.storage.engines import Database, driver, open_database
from tests import world as worlds
from tests.trust.conftest import scaled, sound

Report = Callable[..., None]
PAGES = (
    "/",
    "/companies/",
    "/contacts/",
    "/partners/",
    "/needs/",
    "/matches/",
    "/activities/",
    "/operations/",
)
KEY = "a key for tests alone, never for anything else"


def program(folder: Path, url: str = "") -> Flask:
    made = create_app(Config(secret_key=KEY, instance=folder, database_url=url, env="test", offline=True))
    made.config.update(WTF_CSRF_ENABLED=False)
    return made


def signed_in(app: Flask) -> FlaskClient:
    with app.extensions["crm.database"].Write() as session:
        user = queries.find_by_email(session, "admin@example.org")
        assert user
        token = accounts.open_session(session, user, now=clock.now())
        session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


@pytest.fixture
def own(path: Path) -> Iterator[Flask]:
    made = program(path.parent)
    yield made
    made.extensions["crm.database"].dispose()


def names(database: Database) -> set[str]:
    with database.Read() as session:
        return set(session.scalars(select(Company.name).where(Company.name.like("Skrevet %"))))


def write(client: FlaskClient, number: int) -> int:
    typed = {"name": f"Skrevet {number} {'x' * 150}", "stage": "identified"}
    return client.post("/companies/new", data=typed).status_code


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """No connection may make the database file larger."""

    def limit(raw: driver.Connection, *_rest: object) -> None:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")

    def free(raw: driver.Connection, *_rest: object) -> None:
        raw.execute("PRAGMA max_page_count = 1073741823")

    event.listen(engine, "checkout", limit)
    yield
    event.remove(engine, "checkout", limit)
    event.listen(engine, "checkout", free)


def test_a_full_disk_is_told_nothing_acknowledged_is_lost_and_it_recovers(
    own: Flask, path: Path, report: Report
):
    client, database, acked, refused, untrue = signed_in(own), own.extensions["crm.database"], 0, 0, 0
    with full(database.engine):
        for number in range(scaled(1000)):
            answer = client.post("/companies/new", data={"name": f"Skrevet {number} {'x' * 150}"})
            acked += answer.status_code == 303
            refused += answer.status_code == 503
            untrue += answer.status_code == 503 and "Disken er full" not in answer.get_data(as_text=True)
        read = {client.get(page).status_code for page in PAGES}
    again = write(client, 999_999)
    lost = acked + 1 - len(names(database))
    report("FI-09 sqlite disk-full", acked=acked, refused=refused, lost=lost, corrupt=int(not sound(path)))
    assert refused > 0
    assert (untrue, read, again, lost, sound(path)) == (0, {200}, 303, 0, True)


def test_a_backup_on_a_full_disk_leaves_the_one_before(
    database: Database, path: Path, tmp_path: Path, report: Report
):
    target = tmp_path / "copy.backup"
    backups.make(database, target)
    before = target.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    refused = 0
    for share in (0.1, 0.5, 0.9):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(len(before) * share), hard))
        try:
            with pytest.raises((CrmError, OSError, driver.Error)):
                backups.make(database, target)
            refused += 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    copies.examine(target)
    left = [each.name for each in tmp_path.iterdir() if "part" in each.name]
    report(
        "FI-09 sqlite disk-full-backup", n=refused, broken=int(target.read_bytes() != before), left=len(left)
    )
    assert (target.read_bytes(), left) == (before, [])


def test_a_lock_that_is_held_is_told_and_the_pages_are_still_read(own: Flask, path: Path, report: Report):
    client, tracebacks = signed_in(own), 0
    other = driver.connect(str(path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.post("/companies/new", data={"name": "Skrevet 1"})
    told = answer.get_data(as_text=True)
    read = {client.get(page).status_code for page in PAGES if page != "/operations/"}
    other.close()
    tracebacks += "Traceback" in told
    again = client.post("/companies/new", data={"name": "Skrevet 1"}).status_code
    kept = ">\nSkrevet 1</textarea>" in told
    report("FI-11 sqlite locked", status=answer.status_code, kept=kept, tracebacks=tracebacks, again=again)
    assert (answer.status_code, answer.headers["Retry-After"], kept) == (503, "5", True)
    assert (read, again, len(names(own.extensions["crm.database"]))) == ({200}, 303, 1)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


class Line:
    """A line to PostgreSQL that can be cut: at once, or as soon as a COMMIT has gone through it."""

    def __init__(self, place: str) -> None:
        self._place = place
        self.cut_at_commit = False
        self.cuts = 0
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._place)
                self._pairs.append((near, far))
                for one, two, out in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._pump, args=(one, two, out), daemon=True).start()

    def _pump(self, one: socket.socket, two: socket.socket, out: bool) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                two.sendall(data)
                if out and self.cut_at_commit and b"COMMIT" in data:
                    self.cut_at_commit = False
                    self.cut()
        for end in (one, two):
            _hang_up(end)

    def cut(self) -> None:
        """Let every connection go, without a word."""
        self.cuts += 1
        while self._pairs:
            for end in self._pairs.pop():
                _hang_up(end)

    def close(self) -> None:
        self._server.close()
        self.cut()


@pytest.fixture
def line(fresh_postgres_url: str, socket_enabled: None) -> Iterator[tuple[Line, str]]:
    address = make_url(fresh_postgres_url)
    folder = address.query["host"]
    [place] = [each for each in Path(str(folder)).glob(".s.PGSQL.*") if not each.name.endswith(".lock")]
    made = Line(str(place))
    url = address.set(host="127.0.0.1", port=made.port, query={"sslmode": "disable"})
    yield made, url.render_as_string(hide_password=False)
    made.close()


def test_postgresql_that_goes_away_in_the_middle_is_told_truly_and_loses_nothing(
    line: tuple[Line, str], tmp_path: Path, report: Report
):
    cutter, url = line
    opened = open_database(url)
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        worlds.build(session)
        session.commit()
    opened.dispose()
    app = program(tmp_path / "instance", url)
    client, acked, unknown, untrue = signed_in(app), set(), set(), 0
    for number in range(scaled(1000)):
        if number % 3 == 0:
            cutter.cut_at_commit = True
        if number % 3 == 1:
            cutter.cut()
        answer = client.post("/companies/new", data={"name": f"Skrevet {number}"})
        page = answer.get_data(as_text=True)
        if answer.status_code == 303:
            acked.add(f"Skrevet {number}")
        else:
            unknown.add(f"Skrevet {number}")
            untrue += answer.status_code != 503 or "Traceback" in page
            untrue += number % 3 == 0 and "Vi vet ikke om" not in page
    cutter.cut_at_commit = False
    assert client.get("/companies/").status_code == 200
    there = names(app.extensions["crm.database"])
    with app.extensions["crm.database"].Read() as session:
        doubled = session.scalar(
            select(func.count()).select_from(
                text("(SELECT name FROM companies GROUP BY name HAVING count(*) > 1) AS doubled")
            )
        )
    app.extensions["crm.database"].dispose()
    report(
        "FI-16 postgresql dropped-mid-commit",
        n=cutter.cuts,
        acked=len(acked),
        lost=len(acked - there),
        ghost=len(unknown & there),
        dup=doubled,
        untrue=untrue,
    )
    assert (acked - there, doubled, untrue) == (set(), 0, 0)
    assert unknown & there
