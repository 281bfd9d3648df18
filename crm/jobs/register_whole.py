"""The whole register at the press of a button: fetched or read from a file, watched, stopped, resumed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import OperationalError

from crm import clock
from crm.errors import Conflict
from crm.jobs import register_bulk, register_load, transactions
from crm.registry import ledger, queries
from crm.registry.counts import Counts
from crm.registry.feeds import Kind
from crm.sources.enhetsregisteret import RegisterApi
from crm.storage.engines import Database

# The workplaces first: the prospects that come with the units tell who is already in town.
KINDS: tuple[Kind, ...] = ("subunits", "units")
_USUALLY: dict[Kind, int] = {"units": 1_960_000, "subunits": 950_000}
_EVERY = 2.0


@dataclass(slots=True)
class _Told:
    """Writes down how far a load has come, every other second, and hears whether it is to stop."""

    database: Database
    load_id: int
    now: register_load.Now
    kind: Kind = "subunits"
    _last: float = field(default=0.0)
    _step: str = field(default="")

    def fetched(self, size: int, total: int | None) -> None:
        self._tell("fetch", size, total or 0)

    def read(self, counts: Counts) -> None:
        self._tell("load", counts.read, self._expected())

    def _tell(self, step: str, done: int, total: int) -> None:
        if step == self._step and time.monotonic() - self._last < _EVERY:
            return
        told = {"kind": self.kind, "step": step, "done": done, "total": total}
        if step != self._step:
            told["since"], told["from"] = self.now().isoformat(), done
        self._last, self._step = time.monotonic(), step
        report = partial(ledger.report, load_id=self.load_id, told=told, now=self.now())
        try:
            goes_on = transactions.commit(self.database, report)
        except OperationalError:
            return  # others are writing: how far it has come is not worth stopping for
        if not goes_on:
            raise Conflict(ledger.STOPPED)

    def _expected(self) -> int:
        with self.database.Read() as session:
            last = queries.last_done(session, self.kind)
        return last.read if last else _USUALLY[self.kind]

    def next(self, kind: Kind) -> None:
        self.kind, self._step = kind, ""


def waiting(database: Database, *, now: datetime) -> list[int]:
    """The loads nobody is working on."""
    with database.Read() as session:
        asked = queries.waiting_loads(now=now, abandoned_after=ledger.LONGEST_FETCH, kind=ledger.WHOLE)
        return [load.id for load in session.scalars(asked)]


def run(
    database: Database,
    api: RegisterApi | None,
    load_id: int,
    folder: Path,
    *,
    home: str = "",
    now: register_load.Now = clock.now,
) -> Counts | None:
    """Do a load that waits; None where another worker has it. Failures are written down and raised."""
    asked = transactions.commit(database, partial(ledger.claim_load, load_id=load_id, now=now()))
    if asked is None:
        return None
    told = _Told(database, load_id, now)
    with register_load.failure_written_down(database, load_id, now):
        if asked.get("file"):
            counts = _from_file(database, folder / str(asked["file"]), told, home)
        else:
            counts = _from_network(database, api, folder, told, home)
        done = partial(ledger.finish_load, load_id=load_id, counts=counts, now=now())
        transactions.commit(database, done)
    return counts


def _from_file(database: Database, path: Path, told: _Told, home: str) -> Counts:
    told.next("subunits" if "under" in path.name else "units")
    _, counts = register_load.load_file(database, str(path), home=home, now=told.now, told=told.read)
    return counts


def _from_network(
    database: Database, api: RegisterApi | None, folder: Path, told: _Told, home: str
) -> Counts:
    """Both files; one that was loaded before the other was stopped is not loaded again."""
    counts = Counts()
    for kind in KINDS:
        told.next(kind)
        path = register_bulk.fetch(database, api, kind, folder, progress=told.fetched)
        if path is not None:
            _, found = register_load.load_file(
                database, str(path), kind=kind, home=home, now=told.now, told=told.read
            )
            register_bulk.loaded(kind, folder)
            counts.add(found)
    return counts
