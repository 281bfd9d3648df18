"""Politeness towards open services: so many requests a second, and waiting when asked to."""

from __future__ import annotations

import threading
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

from crm import clock

_DEFAULT_WAIT = 2.0
_turns: dict[str, float] = {}
_lock = threading.Lock()


def wait_turn(host: str, per_second: float) -> None:
    """Wait until a request to the host is due; each caller, in whatever thread, gets a turn of its own."""
    with _lock:
        now = time.monotonic()
        turn = max(now, _turns.get(host, now))
        _turns[host] = turn + 1 / per_second
    time.sleep(turn - now)


def retry_after(header: str | None) -> float:
    """Seconds to wait, from a number or a moment; two where the host did not say."""
    if not header:
        return _DEFAULT_WAIT
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return _DEFAULT_WAIT
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - clock.now()).total_seconds())
