"""A worker's sign of life, given by a thread of its own, so that a long round is not taken for death."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crm import clock
from crm.jobs import transactions
from crm.storage.engines import Database
from crm.upkeep import operations
from crm.upkeep.models import Duty

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 30.0


def own_name() -> str:
    """The name of this process: its machine and its number there."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


class Beat:
    """Tells every half minute that this process is at work, for as long as the block lasts."""

    def __init__(self, database: Database, duty: Duty, now: Callable[[], datetime] = clock.now) -> None:
        self._database, self._duty, self._now = database, duty, now
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="beat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._tell(partial(operations.note_gone, name=own_name()))

    def _go_on(self) -> None:
        while True:
            self._tell(partial(operations.note_alive, name=own_name(), duty=self._duty, now=self._now()))
            if self._over.wait(_EVERY_SECONDS):
                return

    def _tell(self, act: Callable[[Session], object]) -> None:
        try:
            transactions.commit(self._database, act)
        except SQLAlchemyError:
            _log.warning("this process could not tell that it is at work", exc_info=True)


def swept(database: Database, *, now: datetime) -> None:
    """Write down that this worker has done everything there was to do."""
    try:
        transactions.commit(database, partial(operations.note_swept, name=own_name(), now=now))
    except SQLAlchemyError:
        _log.warning("the end of a sweep could not be written down", exc_info=True)
