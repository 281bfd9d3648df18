"""Whether the program carries an office: 25 people, sixty requests a second, fifty thousand leads.

Run from the repository root: ``python bench/load.py [minutes] [leads] [requests a second]``. The program is
started as ``serve`` starts it, on an instance of its own; 25 sessions then ask for pages and write, one
request in ten, at a steady pace whatever the answers take. Then the same again while a list is taken in, a
round is asked for, a list is taken out and a backup is made. Server, database, worker and callers share the
machine.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm import clock  # noqa: E402  (the path comes first)
from crm.accounts import operations as accounts  # noqa: E402
from crm.accounts import queries, tokens  # noqa: E402
from crm.demo.fill import fill  # noqa: E402
from crm.storage.engines import open_database  # noqa: E402

RESULT = ROOT / "bench" / "results" / "load.json"
USERS, MINUTES, LEADS, RATE = 25, 10.0, 50_000, 60.0
PAGES = (
    *("/companies/", "/companies/?sort=last_contact", "/companies/?q=verksted", "/companies/?segment=helse"),
    *("/companies/?page=40", "/contacts/", "/activities/", "/", "/week/follow-ups", "/partners/", "/needs/"),
)
FIRST_COMPANIES = 500


class Office:
    """The program on a port, and those who use it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        self.environment = kept | {
            "CRM_ENV": "development",
            "CRM_OFFLINE": "1",
            "CRM_INSTANCE": str(folder),
            "CRM_PORT": str(self.port),
            "CRM_API_PER_MINUTE": "1000000",
        }
        self.url = f"sqlite:///{folder / 'crm.sqlite'}"
        self.companies = FIRST_COMPANIES
        self.told: list[tuple[int, float, bool]] = []
        self.lock = threading.Lock()

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "wsgi", *words]

    @contextmanager
    def served(self) -> Iterator[None]:
        with subprocess.Popen(
            self.command("serve"),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                while self.ask("GET", "/health", {})[0] != 200:
                    time.sleep(0.2)
                yield
            finally:
                process.send_signal(signal.SIGTERM)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, float]:
        """Status and seconds; 0 where there was no answer."""
        began = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            try:
                line.request(method, path, body or None, headers)
                answer = line.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return 0, time.perf_counter() - began
            return answer.status, time.perf_counter() - began

    def work(self, user: int, token: str, seconds: float, rate: float) -> None:
        """One person's requests, each at its moment however long the one before took."""
        chance = random.Random(user)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        began, number = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            if chance.random() < 0.1:
                note = {
                    "kind": "note",
                    "company_id": chance.randint(1, self.companies),
                    "text": "Snakket om lokaler",
                }
                told = (*self.ask("POST", "/api/v1/activities", headers, json.dumps(note)), True)
            else:
                told = (*self.ask("GET", chance.choice(PAGES), {"Cookie": self.cookies[user]}), False)
            with self.lock:
                self.told.append(told)
            number += 1
            time.sleep(max(0.0, began + number * USERS / rate - time.monotonic()))

    def measure(
        self, name: str, seconds: float, rate: float, beside: Callable[[], None] | None = None
    ) -> dict[str, object]:
        """Let everybody work, and something else run beside; what came of it."""
        self.told = []
        threads = [
            threading.Thread(target=self.work, args=(user, token, seconds, rate))
            for user, token in enumerate(self.tokens)
        ]
        threads += [threading.Thread(target=beside)] if beside else []
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        wrong = Counter(status for status, _, _ in self.told if status not in {200, 201})
        found: dict[str, object] = {
            "requests": len(self.told),
            "a_second": round(len(self.told) / took, 1),
            "errors": sum(wrong.values()),
            "statuses": dict(wrong),
            "read_ms": _spread([took for _, took, wrote in self.told if not wrote]),
            "save_ms": _spread([took for _, took, wrote in self.told if wrote]),
        }
        print(f"{name}: {json.dumps(found)}")
        return found

    def prepare(self, leads: int) -> None:
        """The schema, so many leads, and somebody signed in for each seat."""
        subprocess.run(
            self.command("db", "upgrade"), cwd=ROOT, env=self.environment, check=True, capture_output=True
        )
        self.companies = min(self.companies, leads)
        database = open_database(self.url)
        with database.Write() as session:
            fill(session, count=leads, now=clock.now())
            session.commit()
        subprocess.run(
            self.command("users", "invite", "load@example.org", "--role", "administrator"),
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )
        self.tokens, self.cookies = [], []
        signer = _signer(self.environment)
        with database.Write() as session:
            user = queries.find_by_email(session, "load@example.org")
            if user is None:
                raise SystemExit("The account of the measurement was not made.")
            for number in range(USERS):
                draft = tokens.token_draft(name=f"seat {number}")
                self.tokens.append(tokens.issue(session, None, user, draft, now=clock.now()))
                seat = accounts.open_session(session, user, now=clock.now())
                self.cookies.append(f"crm={signer({'_user_id': seat, '_fresh': True})}")
            session.commit()
        database.dispose()

    def everything_else(self, folder: Path) -> None:
        """An import, a round, an export and a backup, one after the other."""
        sheet = folder / "list.csv"
        rows = [f"Ny virksomhet {number};Person {number};p{number}@example.org" for number in range(5000)]
        sheet.write_text("\n".join(["Firma;Kontaktperson;E-post", *rows]), encoding="utf-8")
        for words in (
            ("import", str(sheet)),
            ("round", "run"),
            ("leads", "export", "--format", "csv", "--out", str(folder / "out.csv")),
            ("backup", str(folder / "copy.backup")),
        ):
            began = time.monotonic()
            done = subprocess.run(
                self.command(*words), cwd=ROOT, env=self.environment, capture_output=True, check=False
            )
            print(f"  {words[0]}: exit {done.returncode} in {time.monotonic() - began:.1f} s")


def _signer(environment: dict[str, str]) -> Callable[[dict[str, object]], str]:
    """What turns a session into the cookie that a browser would carry."""
    from flask import Flask  # noqa: PLC0415
    from flask.sessions import SecureCookieSessionInterface  # noqa: PLC0415

    app = Flask("load")
    app.secret_key = (Path(environment["CRM_INSTANCE"]) / "secret.key").read_text(encoding="utf-8").strip()
    made = SecureCookieSessionInterface().get_signing_serializer(app)
    if made is None:
        raise SystemExit("There is no key to sign with.")
    return lambda session: str(made.dumps(session))


def _spread(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return {"p50": round(cuts[49] * 1000), "p95": round(cuts[94] * 1000), "p99": round(cuts[98] * 1000)}


def main() -> None:
    given = [float(word) for word in sys.argv[1:]]
    minutes, leads, rate = [*given, *(MINUTES, float(LEADS), RATE)[len(given) :]]
    with tempfile.TemporaryDirectory(prefix="load-") as place:
        office = Office(Path(place) / "instance")
        office.prepare(int(leads))
        with office.served():
            found = {
                "machine": {
                    "cpus": os.cpu_count(),
                    "load": os.getloadavg()[0],
                    "system": platform.platform(),
                },
                "asked": {"minutes": minutes, "leads": int(leads), "a_second": rate, "users": USERS},
                "alone": office.measure("alone", 60 * minutes, rate),
                "beside": office.measure(
                    "with an import, a round, an export and a backup",
                    60 * minutes,
                    rate,
                    lambda: office.everything_else(Path(place)),
                ),
            }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
