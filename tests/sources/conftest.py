"""Where the shared data lies, and a server on this machine that answers from a table."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crm.sources.outbound import Outbound

SHARED_DATA = Path(os.environ.get("CRM_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared reference data is not here; set CRM_SHARED_DATA")
    return SHARED_DATA


@pytest.fixture
def company() -> dict[str, object]:
    """An invented company in the register's own shape."""
    return {
        "organisasjonsnummer": "811111112",
        "navn": "FJELLVIND ANALYSE AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {"kode": "62.100", "beskrivelse": "Programmering"},
        "naeringskode2": {"kode": "86.210", "beskrivelse": "Allmenn legetjeneste"},
        "antallAnsatte": 12,
        "harRegistrertAntallAnsatte": True,
        "hjemmeside": "fjellvind.example",
        "forretningsadresse": {
            "adresse": ["Storgata 1", "", None],
            "postnummer": "2406",
            "poststed": "ELVERUM",
            "kommune": "ELVERUM",
            "kommunenummer": "3420",
            "land": "Norge",
            "landkode": "NO",
        },
        "institusjonellSektorkode": {"kode": "2100", "beskrivelse": "Private aksjeselskaper mv."},
        "sisteInnsendteAarsregnskap": "2025",
        "registreringsdatoEnhetsregisteret": "2019-03-04",
        "stiftelsesdato": "2019-02-01",
        "konkurs": False,
        "underAvvikling": True,
        "underAvviklingDato": "2026-05-06",
        "registrertIMvaregisteret": True,
        "maalform": "Nynorsk",
        "vedtektsfestetFormaal": ["Utvikling av", "måleutstyr ", "for fjellet."],
        "aktivitet": "Måling.",
        "kapital": {"belop": 30000.0, "antallAksjer": 2556807512, "valuta": "NOK"},
        "historiskeNavn": [{"navn": "VINDFJELL AS", "fraDato": "2019-03-04", "tilDato": "2020-01-01"}],
        "respons_klasse": "Enhet",
    }


@pytest.fixture
def bulk_of(tmp_path: Path) -> Callable[..., str]:
    """Writes records as a gzipped bulk file and gives its path."""

    def write(*records: object, name: str = "enheter.json.gz") -> str:
        path = tmp_path / name
        path.write_bytes(gzip.compress(json.dumps(records, ensure_ascii=False).encode()))
        return str(path)

    return write


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Server(ThreadingHTTPServer):
    """Gives the replies of a path one after the other, the last for ever; remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def reply(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def next_reply(self, path: str) -> Reply:
        waiting = self.replies.get(path) or self.replies.get(path.partition("?")[0]) or [Reply(status=404)]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        reply = self.server.next_reply(self.path)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body) + (100 if reply.cut else 0)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def server(socket_enabled: None) -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def outbound(request: pytest.FixtureRequest) -> Outbound:
    """May ask the server of the test, where there is one, and is in no hurry to be polite to it."""
    named = "server" in request.fixturenames
    trusted = frozenset({request.getfixturevalue("server").netloc}) if named else frozenset()
    return Outbound(user_agent="crm-test (post@example.no)", per_second=1000, seconds=5, trusted=trusted)
