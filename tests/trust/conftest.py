"""What the scenarios share: how large they are, the line each reports, and a process to kill."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm.codes import operations as codes
from crm.storage import schema
from crm.storage.engines import Database, driver, open_database
from tests import world as worlds

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("CRM_TRUST", "") == "full"
REPORT = ROOT / "test-results" / "trust.txt"


def scaled(full: int, *, least: int = 1) -> int:
    """So many, or a twentieth of it where not everything was asked for."""
    return full if FULL else max(least, full // 20)


@pytest.fixture
def report() -> Callable[..., None]:
    """Writes the line of a scenario: ``FI-07 sqlite kill9-backup n=5 lost=0 half=0``."""

    def line(name: str, **counted: object) -> None:
        told = " ".join([name, *(f"{key}={value}" for key, value in counted.items())])
        REPORT.parent.mkdir(exist_ok=True)
        with REPORT.open("a", encoding="utf-8") as file:
            file.write(f"{told}\n")
        print(told)  # noqa: T201  (what make trust shows)

    return line


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trust") / "crm.sqlite"
    opened = open_database(f"sqlite:///{path}")
    schema.upgrade(opened.engine)
    with opened.Write() as session:
        codes.ensure_starter(session)
        worlds.build(session)
        session.commit()
    opened.dispose()
    return path


@pytest.fixture
def path(_template: Path, tmp_path: Path) -> Path:
    """A database of a scenario's own, with the small world in it."""
    copy = tmp_path / "instance" / "crm.sqlite"
    copy.parent.mkdir(mode=0o700)
    shutil.copyfile(_template, copy)
    copy.chmod(0o600)
    return copy


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.dispose()


class Doomed:
    """A process that does what it is told until it is killed at the moment that was named."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.acts"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def do(self, act: str, url: str, *words: object, kind: str = "never", number: int = 0) -> str:
        """Do something; ``killed``, ``done`` or ``failed``."""
        assert self._process.stdin
        asked = {"act": act, "url": url, "words": words, "kind": kind, "number": number}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


@pytest.fixture(scope="session")
def doomed() -> Iterator[Doomed]:
    made = Doomed()
    yield made
    made.end()


def sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file, nor with what its rows point to."""
    with driver.connect(str(path)) as raw:
        whole = raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        orphans = raw.execute("PRAGMA foreign_key_check").fetchall()
    raw.close()
    return whole and not orphans
