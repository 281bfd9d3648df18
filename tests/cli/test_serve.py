"""``serve`` answers at once, keeps a worker beside it, and takes it along when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def until(holds: Callable[[], object], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The living child processes of a process; those of Linux are read without any tool."""
    if Path("/proc/self/stat").exists():
        rows = [_fields(path) for path in Path("/proc").glob("[0-9]*/stat")]
    else:
        told = subprocess.run(["/bin/ps", "-eo", "pid=,stat=,ppid="], capture_output=True, check=True)
        rows = [line.split()[:3] for line in told.stdout.decode().splitlines()]
    return [int(row[0]) for row in rows if len(row) == 3 and row[2] == str(pid) and "Z" not in row[1]]


def _fields(stat: Path) -> list[str]:
    """Number, state and parent of a process; nothing where it has just ended."""
    try:
        before, _, after = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
    except OSError:
        return []
    return [before.split()[0], *after.split()[:2]] if after else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def port(socket_enabled: None) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def served(port: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "CRM_ENV": "development",
        "CRM_OFFLINE": "1",
        "CRM_INSTANCE": str(tmp_path / "instance"),
        "CRM_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    until(lambda: answers(port) or process.poll() is not None)
    assert process.poll() is None
    yield process
    process.kill()
    process.communicate()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_serve_tells_its_address_and_a_link(served: subprocess.Popen[str], port: int) -> None:
    assert served.stdout
    assert f"http://127.0.0.1:{port}/" in served.stdout.readline()
    assert "/sign-in/" in served.stdout.readline()


def test_a_worker_that_dies_is_replaced_while_pages_go_on(served: subprocess.Popen[str], port: int) -> None:
    until(lambda: children(served.pid))
    [first] = children(served.pid)
    os.kill(first, signal.SIGKILL)
    assert answers(port)
    until(lambda: children(served.pid) not in ([], [first]))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_the_program(served: subprocess.Popen[str], how: signal.Signals) -> None:
    until(lambda: children(served.pid))
    [worker] = children(served.pid)
    time.sleep(2)  # let the worker get as far as listening for its parent
    served.send_signal(how)
    assert served.wait(40) == (0 if how is not signal.SIGKILL else -signal.SIGKILL)
    until(lambda: not alive(worker), seconds=40)


def test_a_taken_port_is_told_and_no_worker_is_started(tmp_path: Path, socket_enabled: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT,
            env={**os.environ, "CRM_ENV": "development", "CRM_INSTANCE": str(tmp_path), "CRM_PORT": port},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Port {port} on 127.0.0.1 cannot be used")


def test_the_program_as_the_web_server_sees_it_never_loads_the_matchmaker(tmp_path: Path) -> None:
    code = "import sys, wsgi; print([n for n in ('sklearn', 'scipy', 'numpy') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "CRM_ENV": "development", "CRM_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
