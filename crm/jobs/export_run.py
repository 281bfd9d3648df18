"""Writing a list that is too long to be waited for: read as of one moment, offered when it is whole."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crm import clock
from crm.errors import Conflict, CrmError
from crm.exchange import formats, taking_out
from crm.exchange.models import Export, ExportState
from crm.jobs import transactions
from crm.storage.engines import Database
from crm.storage.snapshot import snapshot

Now = Callable[[], datetime]
_TELLS_EVERY = 1.0
_log = logging.getLogger(__name__)


def waiting(database: Database, *, now: datetime) -> list[int]:
    """The lists nobody is writing, oldest first; those nobody fetched in time go."""
    transactions.commit(database, partial(taking_out.forget_old, now=now))
    with database.Read() as session:
        return [found.id for found in session.scalars(taking_out.waiting(now=now))]


def run(database: Database, export_id: int, *, now: Now = clock.now) -> ExportState | None:
    """Write a list; None where another worker has it, or where it was thrown away meanwhile."""
    found = transactions.commit(database, partial(taking_out.claim, export_id=export_id, now=now()))
    if found is None:
        return None
    work = _Writing(database, found, now)
    try:
        work.run()
    except Conflict:
        return None
    except CrmError:
        work.finish(ExportState.FAILED)
        raise
    return ExportState.DONE


class _Writing:
    """A claim on a list, and each step in a short transaction that the claim must still hold in."""

    def __init__(self, database: Database, found: Export, now: Now) -> None:
        self._database, self._found, self._now = database, found, now
        self._told = time.monotonic()

    def run(self) -> None:
        with tempfile.TemporaryFile() as file:
            with snapshot(self._database) as session:
                listing = taking_out.listing_of(session, self._found)
                written = formats.write(self._found.form, session, listing, file, passing=self._telling)
            file.seek(0)
            for number, piece in enumerate(taking_out.pieces(file)):
                self._step(partial(taking_out.add_part, number=number, content=piece))
        self.finish(ExportState.DONE, rows=written.rows)

    def finish(self, state: ExportState, *, rows: int = 0) -> None:
        def settle(_session: Session, held: Export) -> None:
            held.state, held.claimed_at, held.done = state, None, rows

        self._step(settle)

    def _telling(self, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        """The rows as they pass; now and then how many there were is told."""
        for count, row in enumerate(rows, start=1):
            if count % 500 == 0 and time.monotonic() - self._told > _TELLS_EVERY:
                self._tell(count)
            yield row

    def _tell(self, count: int) -> None:
        def tell(_session: Session, held: Export) -> None:
            held.done = count

        self._step(tell)
        self._told = time.monotonic()

    def _step(self, act: Callable[[Session, Export], None]) -> None:
        def guarded(session: Session) -> None:
            act(session, taking_out.held(session, self._found.id, self._found.claim, now=self._now()))

        transactions.commit(self._database, guarded)
