"""How often a token may ask, and how often an address may guess at tokens, in all processes together.

Leave to ask is fetched from the database a twentieth of the limit at a time, and spent here: a busy token
costs some twenty small writes a minute, and never gets more than its limit. Minutes are those of the clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crm import clock
from crm.accounts import windows
from crm.api.problems import Refused
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_GUESSES, _PARTS = 30, 20
_MOST_KEPT = 10_000


@dataclass(slots=True)
class _Leave:
    """What is left of the leave that was fetched in a minute; ``over`` when there is no more to fetch."""

    minute: int
    left: int = 0
    over: bool = False


class Throttle:
    """Counts requests of tokens and guesses of addresses in the program's database."""

    def __init__(
        self,
        per_minute: int,
        guesses: int = _GUESSES,
        *,
        database: Callable[[], Database],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._per_minute, self._guesses, self._database, self._now = per_minute, guesses, database, now
        self._kept: dict[str, _Leave] = {}
        self._lock = threading.Lock()

    def ask(self, token_id: int) -> None:
        """Count a request of a token; Refused with 429 when it is one too many."""
        self._count(f"token {token_id}", self._per_minute)

    def guess(self, address: str) -> None:
        """Count a token nobody has; Refused with 429 when it is one too many from there."""
        self._count(f"address {address}"[:100], self._guesses)

    def _count(self, who: str, limit: int) -> None:
        now = self._now().timestamp()
        minute = int(now // 60)
        if not self._spend(who, minute, given=0):
            given = self._fetch(who, minute, limit)
            if not self._spend(who, minute, given=given):
                raise Refused(429, {"Retry-After": str(max(1, round((minute + 1) * 60 - now)))})

    def _spend(self, who: str, minute: int, *, given: int) -> bool:
        """Add leave just given and spend one; whether there was one. Waits for no database."""
        with self._lock:
            leave = self._leave_of(who, minute)
            leave.left += given
            if not leave.left:
                return False
            leave.left -= 1
            return True

    def _leave_of(self, who: str, minute: int) -> _Leave:
        known = self._kept.get(who)
        if known is None or known.minute != minute:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            known = self._kept[who] = _Leave(minute)
        return known

    def _fetch(self, who: str, minute: int, limit: int) -> int:
        """Leave from the database; a busy database is no reason to refuse, and the part is given on trust."""
        wanted = max(1, limit // _PARTS)
        if self._is_over(who, minute):
            return 0
        for last in (False, True):
            try:
                with self._database().Write() as session:
                    given = windows.reserve(session, who, minute, wanted=wanted, limit=limit)
                    session.commit()
                return given or self._end(who, minute)
            except IntegrityError:
                if last:
                    return wanted
            except (DBAPIError, PoolTimeoutError):
                _log.warning("requests could not be counted in the database", exc_info=True)
                return wanted
        return wanted

    def _is_over(self, who: str, minute: int) -> bool:
        with self._lock:
            return self._leave_of(who, minute).over

    def _end(self, who: str, minute: int) -> int:
        """Remember that there is no more leave this minute, so that a flood does not reach the database."""
        with self._lock:
            self._leave_of(who, minute).over = True
        return 0
