"""How often a token may ask, and how often an address may guess at tokens."""

from __future__ import annotations

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from crm.api.problems import Refused

_GUESSES = 30


class Throttle:
    """Counts in the memory of this process: a flood is slowed, nothing is remembered of anybody."""

    def __init__(self, per_minute: int, guesses: int = _GUESSES) -> None:
        self._asking = RateLimitItemPerMinute(per_minute)
        self._guessing = RateLimitItemPerMinute(guesses)
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def ask(self, token_id: int) -> None:
        """Count a request of a token; Refused with 429 when it is one too many."""
        if not self._windows.hit(self._asking, "token", str(token_id)):
            raise self._too_many(self._asking, "token", str(token_id))

    def guess(self, address: str) -> None:
        """Count a token nobody has; Refused with 429 when it is one too many from there."""
        if not self._windows.hit(self._guessing, "address", address):
            raise self._too_many(self._guessing, "address", address)

    def _too_many(self, item: RateLimitItem, *who: str) -> Refused:
        opens = self._windows.get_window_stats(item, *who).reset_time
        return Refused(429, {"Retry-After": str(max(1, round(opens - time.time())))})
