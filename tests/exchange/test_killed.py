"""A worker killed at any moment leaves whole blocks or nothing, and the next one goes on to the same end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from crm.exchange import operations
from crm.exchange.models import Import, ImportRow, ImportState
from crm.jobs import import_run
from crm.storage.engines import Database
from tests.exchange import handling
from tests.exchange.handling import judged, live, size, state, table

ROOT = Path(__file__).parents[2]
WORK = """
import sys
from datetime import timedelta
from crm.jobs import import_run
from crm.storage.engines import open_database
from tests.exchange.handling import NOW
database = open_database(sys.argv[1])
print("ready", flush=True)
import_run.run(database, int(sys.argv[2]), now=lambda: NOW + timedelta(minutes=5 * int(sys.argv[3])))
"""
PAUSE = 0.15
ROWS = [
    "Firma;Kontaktperson;E-post;Notat;Neste steg",
    *(f"Firma nummer {n};Person {n};p{n}@example.org;Notat {n};Ring {n}" for n in range(1500)),
]


def killed(url: str, import_id: int, attempt: int, after: float) -> None:
    """A worker that is killed so many seconds after it began."""
    command = [sys.executable, "-c", WORK, url, str(import_id), str(attempt)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as worker:
        assert worker.stdout
        worker.stdout.readline()
        time.sleep(after)
        worker.send_signal(signal.SIGKILL)


def ask(database: Database, import_id: int, what: str) -> None:
    with database.Write() as session:
        found = session.get_one(Import, import_id)
        if what == "apply":
            operations.request_applying(session, None, found)
        else:
            operations.request_undoing(session, None, found)
        session.commit()


def test_writing_and_taking_back_survive_being_killed(database: Database, url: str):
    before, rows = live(database), size(database)
    import_id = judged(database, table(*ROWS))
    ask(database, import_id, "apply")
    for attempt in range(1, 4):
        killed(url, import_id, attempt, PAUSE * attempt)
        with database.Read() as session:
            written = session.scalars(select(ImportRow).where(ImportRow.written.is_not(None))).all()
        grown = {name: count - rows[name] for name, count in size(database).items()}
        assert grown == dict.fromkeys(rows, len(written)) | {"lead_segments": 0}
    import_run.run(database, import_id, now=lambda: handling.NOW + timedelta(hours=1))
    assert state(database, import_id) is ImportState.APPLIED
    assert size(database)["companies"] == rows["companies"] + 1500
    ask(database, import_id, "undo")
    for attempt in range(20, 22):
        killed(url, import_id, attempt, PAUSE * (attempt - 18))
    import_run.run(database, import_id, now=lambda: handling.NOW + timedelta(hours=9))
    assert live(database) == before
