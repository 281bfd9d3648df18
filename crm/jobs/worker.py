"""The worker: what it does when it is woken, and huey's consumer that wakes it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from huey.consumer import Consumer

from crm import clock
from crm.jobs import (
    beat,
    export_run,
    import_run,
    mail_sending,
    monday_mail,
    need_search,
    nightly,
    pair_search,
    register_load,
    register_sync,
    register_taking,
    register_whole,
    segment_fetch,
    tidying,
    timetable,
    trial_run,
    weekly_round,
)
from crm.jobs.queue import Queue, Wake, wake
from crm.jobs.ready import Ready
from crm.jobs.register_api import register_api
from crm.settings import Settings
from crm.sources.enhetsregisteret import RegisterApi
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker works on; ``api`` is None where the program may not call anybody.

    ``home`` is the municipality moves are seen from; ``compute`` the address of a Dask scheduler, if any.
    """

    database: Database
    api: RegisterApi | None
    now: weekly_round.Now = clock.now
    instance: Path | None = None
    home: str = ""
    compute: str = ""
    postman: mail_sending.Postman | None = None
    keeping: nightly.Keeping | None = None
    ready: Ready = field(init=False, repr=False)
    _sweeping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ready", Ready(self.database, self.instance))

    def sweep(self) -> None:
        """Everything there is to do: what is due, what waits, what was left half done.

        One sweep at a time: while a long one is at work the next does only what somebody waits for.
        """
        self.mails()
        self.needs()
        if not self._sweeping.acquire(blocking=False):
            return
        try:
            self._sweep()
        finally:
            self._sweeping.release()

    def _sweep(self) -> None:
        self._back_up()
        self.imports()
        self.exports()
        self.loads()
        register_sync.follow_what_is_due(self.database, self.api, home=self.home, now=self.now)
        timetable.request_due_round(self.database, now=self.now())
        self.rounds()
        self.trials()
        self.look_alikes()
        self._tidy()
        self._make_ready()
        beat.swept(self.database, now=self.now())

    def look_alikes(self) -> None:
        """The nightly look for what is there twice."""
        try:
            pair_search.run_if_due(self.database, now=self.now())
        except Exception:  # noqa: BLE001  (tried again after a pause)
            _log.exception("look-alikes could not be looked for")

    def _tidy(self) -> None:
        """What the rules say has been kept long enough goes."""
        try:
            tidying.run_if_due(self.database, now=self.now())
        except Exception:  # noqa: BLE001  (tried again at the next sweep)
            _log.exception("outdated data could not be let go")

    def _make_ready(self) -> None:
        try:
            self.ready.refresh(now=self.now())
        except Exception:  # noqa: BLE001  (a search would meet the same and write it down)
            _log.exception("the matchmaker could not be made ready")

    def _back_up(self) -> None:
        if self.keeping is None:
            return
        try:
            nightly.make_due(self.database, self.keeping, now=self.now)
        except Exception:  # noqa: BLE001  (the night's row falls free again, and what else waits has its turn)
            _log.exception("the night's backup could not be begun or written down")

    def mails(self) -> None:
        """Whatever waits in the outbox."""
        if self.postman is None:
            return
        try:
            if self.postman.server:
                monday_mail.write_due(self.database, now=self.now())
            mail_sending.send_waiting(self.database, self.postman, now=self.now)
        except Exception:  # noqa: BLE001  (the mails stay in the outbox, and their claims run out)
            _log.exception("the outbox could not be emptied")

    def needs(self) -> None:
        """Each need that waits for suggestions of its own."""
        for run_id in need_search.unfinished(self.database, now=self.now()):
            try:
                need_search.run(self.database, run_id, self.ready, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("search %s failed", run_id)

    def rounds(self) -> None:
        """Each unfinished round; one that fails does not stop the next."""
        for run_id in timetable.unfinished_rounds(self.database, now=self.now()):
            try:
                if weekly_round.run(
                    self.database, run_id, instance=self.instance, compute=self.compute, now=self.now
                ):
                    _log.info("round %s is done", run_id)
            except Exception:  # noqa: BLE001  (written down in its row; the next one has its turn)
                _log.exception("round %s failed", run_id)

    def loads(self) -> None:
        """Each fetching from the register that somebody asked for."""
        register_taking.pass_on(self.database, now=self.now())
        register_load.give_up_abandoned(self.database, now=self.now())
        self._whole_register()
        for load_id in segment_fetch.waiting(self.database, now=self.now()):
            try:
                segment_fetch.run(self.database, self.api, load_id, home=self.home, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("register load %s failed", load_id)

    def _whole_register(self) -> None:
        """The whole register, where somebody asked for it and there is a folder to keep it in."""
        if self.instance is None:
            return
        folder = self.instance / "register"
        for load_id in register_whole.waiting(self.database, now=self.now()):
            try:
                register_whole.run(self.database, self.api, load_id, folder, home=self.home, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("register load %s failed", load_id)

    def trials(self) -> None:
        """Each trial of the model that somebody asked for."""
        for trial_id in trial_run.waiting(self.database, now=self.now()):
            try:
                trial_run.run(self.database, trial_id, instance=self.instance, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("trial %s failed", trial_id)

    def imports(self) -> None:
        """Each spreadsheet that somebody asked to have read, written or taken back."""
        for import_id in import_run.waiting(self.database, now=self.now()):
            try:
                import_run.run(self.database, import_id, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("import %s failed", import_id)

    def exports(self) -> None:
        """Each long list that somebody waits for."""
        for export_id in export_run.waiting(self.database, now=self.now()):
            try:
                export_run.run(self.database, export_id, now=self.now)
            except Exception:  # noqa: BLE001  (as for rounds)
                _log.exception("export %s failed", export_id)


def worker_of(settings: Settings, database: Database) -> Worker:
    return Worker(
        database,
        register_api(settings),
        instance=settings.instance,
        home=settings.home_municipality,
        compute=settings.compute_url,
        postman=mail_sending.postman_of(settings),
        keeping=nightly.keeping_of(settings),
    )


def consumer_of(queue: Queue, worker: Worker) -> Consumer:
    """Huey's consumer; a second thread, so that a new need does not wait for the week's round to end.

    It looks at the queue some times a second and at the clock every minute.
    """
    queue.handlers = {
        Wake.NEED: worker.needs,
        Wake.ROUND: worker.rounds,
        Wake.REGISTER: worker.loads,
        Wake.IMPORT: worker.imports,
        Wake.EXPORT: worker.exports,
        Wake.MAIL: worker.mails,
        Wake.SWEEP: worker.sweep,
        Wake.TRIAL: worker.trials,
    }
    wake(queue, Wake.SWEEP)
    return queue.huey.create_consumer(
        workers=2, max_delay=0.25, graceful_signal="TERM", shutdown_timeout=_GRACE_SECONDS
    )


def stop_with_parent(pipe: BinaryIO) -> None:
    """End this process when the other end of the pipe is closed, however the parent ended."""

    def watch() -> None:
        pipe.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
