"""The segments' units around a municipality are fetched politely, by whoever gets to it first."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from crm.codes import operations as codes
from crm.codes import queries
from crm.errors import UpstreamError
from crm.jobs import segment_fetch, worker
from crm.registry import ledger
from crm.registry.models import LoadState, RegisterLoad, Unit
from crm.segments import operations as segments
from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.outbound import Outbound
from crm.storage.engines import Database


class FakeRegister(ThreadingHTTPServer):
    """Two pages of units, whatever is asked; remembers what was."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FakeAnswers)
        self.asked: list[dict[str, list[str]]] = []
        self.status = 200


class FakeAnswers(BaseHTTPRequestHandler):
    server: FakeRegister

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        self.server.asked.append(asked)
        number = int(asked["page"][0])
        unit = {
            "organisasjonsnummer": ("974760673", "983971709")[number],
            "navn": f"ENHET {number} AS",
            "organisasjonsform": {"kode": "AS"},
            "naeringskode1": {"kode": "86.950", "beskrivelse": "Fysioterapi"},
        }
        page = {"number": number, "size": 1, "totalElements": 2, "totalPages": 2}
        body = json.dumps({"_embedded": {"enheter": [unit]}, "page": page}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def register(socket_enabled: None) -> Iterator[FakeRegister]:
    server = FakeRegister()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def api(register: FakeRegister) -> RegisterApi:
    place = f"127.0.0.1:{register.server_port}"
    trusted = Outbound(user_agent="crm-test (post@example.no)", per_second=1000, trusted=frozenset({place}))
    return RegisterApi(trusted, base_url=f"http://{place}/api")


@pytest.fixture
def ready(database: Database) -> Database:
    with database.Write() as session:
        codes.ensure_starter(session)
        segments.ensure_starter(session)
        session.commit()
    return database


def the_load(database: Database) -> RegisterLoad:
    with database.Read() as session:
        [load] = session.scalars(select(RegisterLoad))
        return load


def request(database: Database, now: datetime, municipality_no: str = "3420") -> int:
    with database.Write() as session:
        load = ledger.request_segments(session, municipality_no, now=now)
        session.commit()
        return load.id


def test_the_worker_fetches_what_a_page_asked_for(
    ready: Database, api: RegisterApi, register: Any, now: datetime
) -> None:
    request(ready, now)
    worker.Worker(ready, api, lambda: now).loads()
    load = the_load(ready)
    assert (load.state, load.kind, load.read, load.new) == (LoadState.DONE, "segments", 2, 2)
    with ready.Read() as session:
        unit = session.get_one(Unit, "974760673")
        assert (unit.source, unit.seen_at) == (segment_fetch.SOURCE, now)


def test_few_requests_are_made_for_the_town_and_its_neighbours(
    ready: Database, api: RegisterApi, register: Any, now: datetime
) -> None:
    segment_fetch.fetch_segments(ready, api, "3420", now=lambda: now)
    assert len(register.asked) == 2
    asked = register.asked[0]
    around = asked["kommunenummer"][0].split(",")
    assert around[0] == "3420"
    assert 3 < len(around) <= segment_fetch.MOST_MUNICIPALITIES
    industries = asked["naeringskode"][0].split(",")
    assert "86" in industries
    assert "86.921" not in industries


def test_asking_twice_waits_once(ready: Database, now: datetime) -> None:
    assert request(ready, now) == request(ready, now)
    assert request(ready, now, "0301") != request(ready, now)


def test_a_register_that_fails_is_written_down(
    ready: Database, api: RegisterApi, register: Any, now: datetime
) -> None:
    register.status = 500
    load_id = request(ready, now)
    with pytest.raises(UpstreamError):
        segment_fetch.run(ready, api, load_id, now=lambda: now)
    assert the_load(ready).state is LoadState.FAILED
    assert "svarte med feil 500" in the_load(ready).message


def test_an_offline_program_says_so(ready: Database, now: datetime) -> None:
    request(ready, now)
    worker.Worker(ready, None, lambda: now).loads()
    assert "CRM_OFFLINE" in the_load(ready).message


def test_an_unknown_municipality_is_named(ready: Database, api: RegisterApi, now: datetime) -> None:
    request(ready, now, "9999")
    worker.Worker(ready, api, lambda: now).loads()
    assert "9999" in the_load(ready).message


def test_a_fetching_is_claimed_once_and_taken_up_when_left(
    ready: Database, api: RegisterApi, register: Any, now: datetime
) -> None:
    load_id = request(ready, now)
    with ready.Write() as session:
        assert ledger.claim_load(session, load_id, now=now) == {"municipality_no": "3420"}
        session.commit()
    assert segment_fetch.run(ready, api, load_id, now=lambda: now) is None
    assert segment_fetch.waiting(ready, now=now + timedelta(minutes=10)) == []
    worker.Worker(ready, api, lambda: now + timedelta(minutes=20)).loads()
    assert the_load(ready).state is LoadState.DONE


def test_neighbours_are_the_nearest(ready: Database) -> None:
    with ready.Read() as session:
        around = segment_fetch.surroundings(queries.positions(session), "3420")
    assert around[0] == "3420"
    assert "3411" in around or "3403" in around
    assert "0301" not in around
