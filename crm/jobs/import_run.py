"""Working through a spreadsheet: verdicts, writing, taking back; resumed where a worker was killed."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crm import clock
from crm.errors import CrmError, InvalidInput
from crm.exchange import applying, judging, operations, queries, undoing
from crm.exchange.drafts import reading_of
from crm.exchange.models import Import, ImportState
from crm.exchange.rulings import Ruling
from crm.exchange.verdicts import Judge
from crm.jobs import transactions
from crm.sheets.opening import read
from crm.storage.engines import Database

Now = Callable[[], datetime]
_HELD, _TURN = 0.4, 0.11
_FEWEST, _MOST = 100, 4000
_log = logging.getLogger(__name__)


def waiting(database: Database, *, now: datetime) -> list[int]:
    """The imports nobody is working on, oldest first."""
    with database.Read() as session:
        return [found.id for found in session.scalars(queries.waiting(now=now))]


def run(database: Database, import_id: int, *, now: Now = clock.now) -> ImportState | None:
    """Do what is asked for with an import; None where another worker has it. Failures are kept and raised."""
    found = transactions.commit(database, partial(operations.claim, import_id=import_id, now=now()))
    if found is None:
        return None
    work = {ImportState.READING: _Reading, ImportState.APPLYING: _Applying, ImportState.UNDOING: _Undoing}
    task = work[found.state](database, found, now)
    try:
        task.run()
    except CrmError as error:
        _fail(database, found, error, now=now())
        raise
    except BaseException:
        _log.exception("import %s stopped; what is written stays, and it goes on from there", import_id)
        raise
    with database.Read() as session:
        done = session.get(Import, import_id)
        return done.state if done else None


class _Pace:
    """How many rows go into a block: as many as hold the write lock for less than half a second.

    After a full block everybody else gets their turn: on SQLite whoever waits looks ten times a second.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def took(self, seconds: float, rows: int) -> None:
        if rows < self.rows:
            return
        wanted = int(self.rows * _HELD / max(seconds, 0.001))
        self.rows = max(_FEWEST, min(wanted, 2 * self.rows, _MOST))
        time.sleep(_TURN)


class _Task:
    """A claim on an import, and each step in a transaction of its own that the claim must still hold in."""

    def __init__(self, database: Database, found: Import, now: Now) -> None:
        self._database, self._found, self._now = database, found, now
        self._pace = _Pace(applying.BLOCK)

    def run(self) -> None:
        raise NotImplementedError

    def _step(self, act: Callable[[Session, Import], None]) -> None:
        def guarded(session: Session) -> None:
            held = operations.held(session, self._found.id, self._found.claim, now=self._now())
            act(session, held)

        transactions.commit(self._database, guarded)

    def _timed(self, act: Callable[[Session, Import], None], done: Sequence[object]) -> None:
        """A step that works through rows, and sets the pace of the next one."""
        began = time.monotonic()
        self._step(act)
        self._pace.took(time.monotonic() - began, len(done))

    def _finish(self, state: ImportState, more: Callable[[Session, Import], None] | None = None) -> None:
        def finish(session: Session, held: Import) -> None:
            if more:
                more(session, held)
            operations.finish(held, state, now=self._now())

        self._step(finish)


class _Reading(_Task):
    """Verdicts on every row. Begun anew after a kill: nothing but its own rows is written."""

    def run(self) -> None:
        with self._database.Read() as session:
            content = queries.content_of(session, self._found.id)
        if content is None:
            raise InvalidInput("Fila er ikke lenger lagret hos oss. Last den opp på nytt.", field="file")
        self._step(lambda session, held: judging.clear(session, held.id))
        unmapped: Counter[int] = Counter()
        with self._database.Read() as session:
            today = self._now().astimezone(clock.OSLO).date()
            judge = judging.judge_of(session, self._found, today=today)
        rows = judging.left_out(self._found, read(content, reading_of(self._found.reading)), unmapped)
        for block in judging.blocks(rows):
            with self._database.Read() as session:
                rulings = list(judge.judge(session, block))
            self._step(partial(self._keep, rulings=rulings))
        self._finish(ImportState.READY, partial(self._close, judge=judge, unmapped=unmapped))

    @staticmethod
    def _keep(session: Session, held: Import, rulings: Sequence[Ruling]) -> None:
        judging.keep(session, held.id, rulings)
        held.done += len(rulings)

    @staticmethod
    def _close(session: Session, held: Import, judge: Judge, unmapped: Counter[int]) -> None:
        judging.reject(session, held.id, judge.conflicts)
        session.flush()
        held.counts = {"left_out": {str(place): count for place, count in unmapped.items()}}
        held.counts = judging.counts(session, held)


class _Applying(_Task):
    """The rows written block by block; each block and the mark on its rows are one transaction."""

    def run(self) -> None:
        with self._database.Read() as session:
            ids = queries.written_keys(session, self._found.id)
        self._after, more = 0, True
        while more:
            more = self._block(ids)
        self._finish(ImportState.APPLIED, self._close)

    def _block(self, ids: dict[str, int]) -> bool:
        """Write the next rows; whether there were any."""
        written: list[queries.PlannedRow] = []

        def write(session: Session, held: Import) -> None:
            known = dict(ids)
            rows = queries.to_write(session, held.id, after=self._after, limit=self._pace.rows)
            applying.write_block(session, held, rows, known, now=self._now())
            held.done += len(rows)
            written[:] = rows
            fresh.clear()
            fresh.update(known)

        fresh: dict[str, int] = {}
        self._timed(write, written)
        ids.update(fresh)
        self._after = written[-1].number if written else self._after
        return bool(written)

    @staticmethod
    def _close(session: Session, held: Import) -> None:
        held.counts = judging.counts(session, held)
        operations.forget_content(session, held)


class _Undoing(_Task):
    """What was written taken back, the last row first; what hangs on companies before the companies."""

    def run(self) -> None:
        for phase in undoing.PHASES:
            last: int | None = None
            while (last := self._block(phase, last)) is not None:
                continue
        self._finish(ImportState.UNDONE)

    def _block(self, phase: Sequence[str], last: int | None) -> int | None:
        """Take back the next rows of a phase; the number of the last of them, None at the end."""
        numbers: list[int] = []

        def undo(session: Session, held: Import) -> None:
            rows = queries.to_undo(session, held.id, before=last, limit=self._pace.rows)
            undoing.undo_block(session, held, rows, phase, now=self._now())
            numbers[:] = [row.number for row in rows]

        self._timed(undo, numbers)
        return numbers[-1] if numbers else None


def _fail(database: Database, found: Import, error: CrmError, *, now: datetime) -> None:
    """Write down why. A file that cannot be read has failed; what is being written stays where it is."""

    def fail(session: Session) -> None:
        held = session.get(Import, found.id)
        if held is None or held.claim != found.claim:
            return
        held.message = error.message
        held.message_values = {name: str(value) for name, value in error.values.items()}
        held.claimed_at = None
        if held.state is ImportState.READING:
            held.state = ImportState.FAILED
        elif held.state is ImportState.APPLYING:
            held.state = ImportState.READY
        _log.warning("import %s failed at %s: %s", held.id, now, error.message)

    transactions.commit(database, fail)
