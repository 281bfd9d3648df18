"""Keeping the worker alive as a child process: started again when it dies, ended when we are."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

_log = logging.getLogger(__name__)
_LONGEST_PAUSE = 60.0
_SETTLED = 60.0
_GRACE_SECONDS = 35


class Child:
    """A process that runs as long as the block does.

    It is told to stop by closing its standard input, which also happens when we are killed.
    """

    def __init__(self, command: Sequence[str], *, first_pause: float = 1.0) -> None:
        self._command = list(command)
        self._first_pause = first_pause
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="child", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stopping.set()
            running = self._process
        if running is not None:
            _end(running)
        self._thread.join()

    @property
    def pid(self) -> int | None:
        """The running process, if there is one."""
        return self._process.pid if self._process else None

    def _keep_alive(self) -> None:
        pause = self._first_pause
        while (process := self._started()) is not None:
            began = time.monotonic()
            code = process.wait()
            _close(process)
            if self._stopping.is_set():
                return
            lived = time.monotonic() - began
            pause = self._first_pause if lived > _SETTLED else pause
            _log.warning("the worker ended with %s after %.0f s; again in %.0f s", code, lived, pause)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _started(self) -> subprocess.Popen[bytes] | None:
        """A new process in a session of its own, so that Ctrl-C reaches it through us alone."""
        with self._lock:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  (our own command)
            return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    _close(process)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
