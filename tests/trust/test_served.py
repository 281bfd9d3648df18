"""The pages' process killed, or told to stop, while programs write: what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm import clock
from crm.accounts import queries, tokens
from crm.activities.models import Activity, Kind
from crm.history.models import Entry
from crm.storage.engines import Database
from tests.trust.conftest import FULL, ROOT, scaled, sound

Report = Callable[..., None]
CLIENTS = 4


class Served:
    """The program's pages as a process on a port."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CRM_")
        } | {
            "CRM_ENV": "development",
            "CRM_OFFLINE": "1",
            "CRM_INSTANCE": str(folder),
            "CRM_PORT": str(port),
            "CRM_API_PER_MINUTE": "1000000",
        }

    def start(self) -> float:
        """Start it; seconds until it can write."""
        began = time.monotonic()
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--web-only"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not self._answers():
            assert self.process.poll() is None
            assert time.monotonic() - began < 120
            time.sleep(0.05)
        return time.monotonic() - began

    def _answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", "/health")
            return line.getresponse().status == 200
        except OSError:
            return False
        finally:
            line.close()

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(60)


class Ledger:
    """What was sent, and what was acknowledged: a marker is written down only after the answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent: set[str] = set()
        self.acked: set[str] = set()


def client_of(port: int, token: str, company: int, ledger: Ledger, over: threading.Event) -> None:
    """Write notes, each under a key of its own, again and again under the same one until it is answered."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    while not over.is_set():
        marker = uuid.uuid4().hex
        with ledger.lock:
            ledger.sent.add(marker)
        body = json.dumps({"kind": "note", "company_id": company, "text": marker})
        while not over.is_set():
            if answered(port, body, headers | {"Idempotency-Key": marker}):
                with ledger.lock:
                    ledger.acked.add(marker)
                break
            time.sleep(0.02)


def answered(port: int, body: str, headers: dict[str, str]) -> bool:
    """Whether a note was sent and acknowledged."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        try:
            line.request("POST", "/api/v1/activities", body, headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        return answer.status in {200, 201}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_outlives_the_process(
    database: Database, path: Path, report: Report, socket_enabled: None, how: signal.Signals
):
    with database.Write() as session:
        user = queries.find_by_email(session, "dev@example.org")
        assert user
        token = tokens.issue(session, None, user, tokens.token_draft(name="x"), now=clock.now())
        session.commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        served = Served(path.parent, int(free.getsockname()[1]))
    ledger, over, recovered = Ledger(), threading.Event(), [served.start()]
    clients = [
        threading.Thread(target=client_of, args=(served.port, token, 1, ledger, over)) for _ in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    kills = scaled(200 if how is signal.SIGKILL else 100) if FULL else 2
    chance = random.Random(9)  # noqa: S311  (the same moments every time)
    for _ in range(kills):
        time.sleep(chance.uniform(0.3, 2.0))
        served.end(how)
        recovered.append(served.start())
    over.set()
    for one in clients:
        one.join()
    served.end(signal.SIGKILL)
    with database.Read() as session:
        there = session.scalars(select(Activity.text).where(Activity.kind == Kind.NOTE)).all()
        told = session.scalar(select(func.count()).where(Entry.action == "activity:log"))
    mine = [each for each in there if each in ledger.sent]
    lost, dup = len(ledger.acked - set(mine)), len(mine) - len(set(mine))
    half = abs(int(told or 0) - len(there))
    report(
        f"FI-01 sqlite {how.name.lower()}-web",
        n=kills,
        acked=len(ledger.acked),
        lost=lost,
        dup=dup,
        half=half,
        ghost=len(set(mine) - ledger.acked),
        corrupt=int(not sound(path)),
        recovery_max=f"{max(recovered):.1f}s",
    )
    assert ledger.acked
    assert (lost, dup, half, sound(path)) == (0, 0, 0, True)
