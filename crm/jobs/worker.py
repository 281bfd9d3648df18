"""The worker: what it does when it is woken, and huey's consumer that wakes it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from huey.consumer import Consumer

from crm import clock
from crm.jobs import import_run, register_load, register_sync, segment_fetch, timetable, weekly_round
from crm.jobs.queue import Queue, Wake, wake
from crm.jobs.register_api import register_api
from crm.settings import Settings
from crm.sources.enhetsregisteret import RegisterApi
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker works on; ``api`` is None where the program may not call anybody.

    ``home`` is the municipality that moves are seen from.
    """

    database: Database
    api: RegisterApi | None
    now: weekly_round.Now = clock.now
    instance: Path | None = None
    home: str = ""

    def sweep(self) -> None:
        """Everything there is to do: what is due, what waits, what was left half done."""
        self.imports()
        self.loads()
        register_sync.follow_what_is_due(self.database, self.api, home=self.home, now=self.now)
        timetable.request_due_round(self.database, now=self.now())
        self.rounds()

    def rounds(self) -> None:
        """Each unfinished round; one that fails does not stop the next."""
        for run_id in timetable.unfinished_rounds(self.database, now=self.now()):
            try:
                if weekly_round.run(self.database, run_id, instance=self.instance, now=self.now):
                    _log.info("round %s is done", run_id)
            except Exception:  # noqa: BLE001  (written down in its row; the next one has its turn)
                _log.exception("round %s failed", run_id)

    def loads(self) -> None:
        """Each fetching from the register that somebody asked for."""
        register_load.give_up_abandoned(self.database, now=self.now())
        for load_id in segment_fetch.waiting(self.database, now=self.now()):
            try:
                segment_fetch.run(self.database, self.api, load_id, home=self.home, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("register load %s failed", load_id)

    def imports(self) -> None:
        """Each spreadsheet that somebody asked to have read, written or taken back."""
        for import_id in import_run.waiting(self.database, now=self.now()):
            try:
                import_run.run(self.database, import_id, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("import %s failed", import_id)


def worker_of(settings: Settings, database: Database) -> Worker:
    return Worker(
        database,
        register_api(settings),
        instance=settings.instance,
        home=settings.home_municipality,
    )


def consumer_of(queue: Queue, worker: Worker) -> Consumer:
    """Huey's consumer with one thread; it looks at the queue every second and at the clock every minute."""
    queue.handlers = {
        Wake.ROUND: worker.rounds,
        Wake.REGISTER: worker.loads,
        Wake.IMPORT: worker.imports,
        Wake.SWEEP: worker.sweep,
    }
    wake(queue, Wake.SWEEP)
    return queue.huey.create_consumer(
        workers=1, max_delay=1.0, graceful_signal="TERM", shutdown_timeout=_GRACE_SECONDS
    )


def stop_with_parent(pipe: BinaryIO) -> None:
    """End this process when the other end of the pipe is closed, however the parent ended."""

    def watch() -> None:
        pipe.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
