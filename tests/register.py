"""A register on this machine that speaks the national one's protocol, kindly or not."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.outbound import Outbound

Record = dict[str, Any]
FURTHEST = 10_000
LISTS = {"enheter": "oppdaterteEnheter", "underenheter": "oppdaterteUnderenheter"}


def unit(orgnr: str, **more: Any) -> Record:
    """A unit as the register writes it."""
    return {
        "organisasjonsnummer": orgnr,
        "navn": f"ENHET {orgnr} AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {"kode": "86.950", "beskrivelse": "Fysioterapi"},
        "respons_klasse": "Enhet",
        **more,
    }


def sub_unit(orgnr: str, parent: str, **more: Any) -> Record:
    """A sub-unit as the register writes it."""
    form = {"kode": "BEDR", "beskrivelse": "Underenhet til næringsdrivende"}
    return unit(orgnr, organisasjonsform=form, overordnetEnhet=parent, respons_klasse="Underenhet", **more)


@dataclass
class Hostile:
    """An answer that is none: given instead of the right one, so many times."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 10**6


class FakeRegister(ThreadingHTTPServer):
    """Units, sub-units and what has changed with them; remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.held: dict[str, dict[str, Record]] = {"enheter": {}, "underenheter": {}}
        self.gone: set[str] = set()
        self.feed: dict[str, list[Record]] = {"enheter": [], "underenheter": []}
        self.hostile: dict[str, Hostile] = {}
        self.asked: list[str] = []
        self.written = "Sun, 22 Nov 2026 04:00:00 GMT"

    @property
    def api(self) -> RegisterApi:
        """A client that may ask this register, in no hurry to be polite to it."""
        place = f"127.0.0.1:{self.server_port}"
        outbound = Outbound(
            user_agent="crm-test (post@example.no)", per_second=10_000, trusted=frozenset({place}), seconds=5
        )
        return RegisterApi(outbound, base_url=f"http://{place}/api")

    def tell(self, kind: str, record: Record, *, at: str = "2026-11-22T04:02:12.345Z") -> None:
        """Change something, and say so in the feed: Ny, Endring, Sletting, Fjernet or Ukjent."""
        register = "underenheter" if record["organisasjonsform"]["kode"] in {"BEDR", "AAFY"} else "enheter"
        number, entries = record["organisasjonsnummer"], self.feed[register]
        if kind == "Fjernet":
            self.held[register].pop(number, None)
            self.gone.add(number)
        else:
            self.held[register][number] = record
        last = entries[-1]["oppdateringsid"] if entries else 23_000_000
        entry = {"oppdateringsid": last + 3, "organisasjonsnummer": number, "endringstype": kind, "dato": at}
        entries.append(entry)


class Answers(BaseHTTPRequestHandler):
    server: FakeRegister

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        parts = urlsplit(self.path)
        asked = {name: found[0] for name, found in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/api/")
        hostile = self.server.hostile.get(path)
        if hostile and hostile.times > 0:
            hostile.times -= 1
            self._send(hostile.status, hostile.body, hostile.headers)
        elif path.endswith("/lastned"):
            self._send(*self._whole(path.partition("/")[0]))
        elif path.startswith("oppdateringer/"):
            self._send(200, self._feed(path.partition("/")[2], asked))
        elif "/" in path:
            self._send(*self._one(*path.split("/")))
        else:
            self._send(*self._search(path, asked))

    def _feed(self, register: str, asked: dict[str, str]) -> bytes:
        after, since = int(asked.get("oppdateringsid", 0)), asked.get("dato", "")
        told = [
            entry
            for entry in self.server.feed[register]
            if entry["oppdateringsid"] >= after and entry["dato"] >= since
        ]
        shown = told[: int(asked.get("size", 20))]
        held = {"_embedded": {LISTS[register]: shown}} if shown else {}
        page = {"number": 0, "size": 20, "totalElements": len(told), "totalPages": 1}
        return json.dumps(held | {"_links": {}, "page": page}).encode()

    def _whole(self, register: str) -> tuple[int, bytes, dict[str, str]]:
        """The bulk file: the living, gzipped, with its mark and the moment it was written."""
        living = [record for record in self.server.held[register].values() if "slettedato" not in record]
        body = gzip.compress(json.dumps(living).encode(), mtime=0)
        mark = f'"{zlib.crc32(body):x}"'
        headers = {"ETag": mark, "Last-Modified": self.server.written}
        if self.headers.get("If-None-Match") == mark:
            return 304, b"", headers
        return 200, body, headers

    def _one(self, register: str, number: str) -> tuple[int, bytes]:
        if number in self.server.gone:
            return 410, b'{"status": 410}'
        record = self.server.held[register].get(number)
        return (200, json.dumps(record).encode()) if record else (404, b'{"status": 404}')

    def _search(self, register: str, asked: dict[str, str]) -> tuple[int, bytes]:
        size, number = int(asked.get("size", 20)), int(asked.get("page", 0))
        if (number + 1) * size > FURTHEST:
            return 400, b'{"status": 400, "feilmelding": "for langt"}'
        held = self.server.held[register]
        named = [held[key] for key in asked["organisasjonsnummer"].split(",") if key in held]
        listed = [record for record in named if "slettedato" not in record]
        shown = listed[number * size : (number + 1) * size]
        page = {"number": number, "size": size, "totalElements": len(listed), "totalPages": 1}
        found = {"_embedded": {register: shown}} if shown else {}
        return 200, json.dumps(found | {"_links": {}, "page": page}).encode()

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Tests are quiet."""


@contextmanager
def serving() -> Iterator[FakeRegister]:
    """A fake register for as long as the block lasts."""
    server = FakeRegister()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
