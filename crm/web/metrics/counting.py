"""Requests counted for Prometheus, added up over all processes of a machine."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, multiprocess, values

_STEPS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_REQUESTS = Counter("crm_requests", "Requests answered.", ("endpoint", "method", "status"))
_SECONDS = Histogram("crm_request_seconds", "How long requests took.", ("endpoint",), buckets=_STEPS)
_FORGOTTEN_AFTER = 86_400


def count(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Add one request to the counts."""
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    _REQUESTS.labels(endpoint or "none", known, str(status)).inc()
    _SECONDS.labels(endpoint or "none").observe(seconds)


def registry() -> CollectorRegistry:
    """What all processes counted where they share a folder, else what this one did."""
    if not shared():
        return REGISTRY
    made = CollectorRegistry()
    multiprocess.MultiProcessCollector(made)  # type: ignore[no-untyped-call]
    return made


def shared() -> bool:
    """Whether the library was told of a folder that processes share."""
    return values.ValueClass is not values.MutexValue


def forget_the_dead(folder: Path) -> None:
    """Remove the counts of processes that ended more than a day ago."""
    for path in folder.glob("*.db"):
        number = path.stem.rpartition("_")[2]
        with suppress(OSError):
            if (
                number.isdigit()
                and time.time() - path.stat().st_mtime > _FORGOTTEN_AFTER
                and _ended(int(number))
            ):
                path.unlink()


def _ended(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
