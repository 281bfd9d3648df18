"""Keeping a round's lease while its worker calculates, and noticing when another has taken over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crm.errors import Conflict
from crm.jobs import transactions
from crm.matches import operations as matches
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_BEAT = matches.LEASE.total_seconds() / 4


class Lease:
    """A claim on a round, renewed by a thread of its own for as long as the block lasts.

    A process that is killed or stopped renews nothing, and another worker takes over.
    """

    def __init__(self, database: Database, run_id: int, claim: int, now: Callable[[], datetime]) -> None:
        self.database, self.run_id, self.claim, self.now = database, run_id, claim, now
        self._step, self._percent = "gathering", 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, step: str, percent: int) -> None:
        """Say how far the round has come; Conflict when the claim has been lost."""
        with self._lock:
            self._step, self._percent = step, percent
            transactions.commit(self.database, self._renew)

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            try:
                self.tell(self._step, self._percent)
            except Conflict:
                return  # the round itself meets the same answer at its next step
            except SQLAlchemyError:
                _log.warning("round %s: the lease could not be renewed", self.run_id, exc_info=True)

    def _renew(self, session: Session) -> None:
        matches.tell_progress(
            session, self.run_id, self.claim, step=self._step, percent=self._percent, now=self.now()
        )
