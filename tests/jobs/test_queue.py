"""The queue wakes the worker and holds nothing else."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import Config
from crm.errors import InvalidInput
from crm.jobs import queue as queues
from crm.jobs.queue import Queue, Wake, wake


@pytest.fixture
def queue_at(tmp_path: Path) -> Iterator[Callable[..., Queue]]:
    """A queue by its address, closed in the end."""
    made: list[Queue] = []

    def open_it(url: str = "") -> Queue:
        made.append(Queue(url, tmp_path))
        return made[-1]

    yield open_it
    for queue in made:
        queue.close()


def woken(queue: Queue) -> list[str]:
    """What the messages in a queue do, in order."""
    done: list[str] = []
    queue.handlers = {kind: lambda kind=kind: done.append(kind.value) for kind in Wake}
    while task := queue.huey.dequeue():
        queue.huey.execute(task)
    return done


def test_a_message_in_the_instance_folder_reaches_its_handler(
    queue_at: Callable[..., Queue], tmp_path: Path
) -> None:
    sending, working = queue_at(), queue_at()
    for kind in (Wake.ROUND, Wake.REGISTER):
        wake(sending, kind)
    assert woken(working) == ["round", "register"]
    assert (tmp_path / "queue.sqlite").exists()


def test_a_message_in_postgresql_reaches_its_handler(
    queue_at: Callable[..., Queue], postgres_url: str, tmp_path: Path
) -> None:
    wake(queue_at(postgres_url), Wake.ROUND)
    plain = postgres_url.replace("postgresql+psycopg", "postgresql")
    assert woken(queue_at(plain)) == ["round"]
    assert not list(tmp_path.iterdir())


def test_messages_are_json_never_pickle(queue_at: Callable[..., Queue], tmp_path: Path) -> None:
    wake(queue_at(), Wake.ROUND)
    with sqlite3.connect(tmp_path / "queue.sqlite") as raw:
        [(message,)] = raw.execute("select data from task").fetchall()
        [journal] = raw.execute("pragma journal_mode").fetchone()
    raw.close()
    assert message.startswith(b'["')
    assert b"crm.jobs.queue.woken" in message
    assert journal == "delete"


def test_a_forged_pickle_in_the_queue_is_not_opened(queue_at: Callable[..., Queue], tmp_path: Path) -> None:
    queue = queue_at()
    queue.huey.storage.enqueue(b"\x80\x04\x95\x1d\x00\x00\x00")
    with pytest.raises(ValueError, match=r"utf-8|Expecting"):
        queue.huey.dequeue()


def test_an_unreachable_queue_fails_nobody(
    queue_at: Callable[..., Queue], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = queue_at("postgresql://nobody@127.0.0.1:1/none")
    with caplog.at_level(logging.WARNING):
        wake(nowhere, Wake.ROUND)
    assert "the next sweep picks up" in caplog.text


def test_redis_without_its_package_says_what_to_install(
    queue_at: Callable[..., Queue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "find_spec", lambda _name: None)
    with pytest.raises(InvalidInput, match="pip install redis"):
        queue_at("redis://127.0.0.1/0").huey  # noqa: B018


def test_an_address_of_another_kind_is_refused(queue_at: Callable[..., Queue], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="CRM_QUEUE_URL"):
        queue_at("amqp://somewhere").huey  # noqa: B018


def test_the_program_has_one_queue(tmp_path: Path) -> None:
    config = Config(instance=tmp_path)
    assert queues.open_queue(config) is queues.open_queue(config)


def test_the_queue_and_the_web_never_load_the_matchmaker() -> None:
    look = "import sys; print([name for name in ('sklearn', 'scipy', 'numpy') if name in sys.modules])"
    for module in ("crm.jobs.queue", "crm.app"):
        command = [sys.executable, "-c", f"import {module}; {look}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]", module
