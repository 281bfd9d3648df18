"""The queue that wakes the worker. It holds nothing worth keeping: what must happen is a row in our tables.

So a lost or doubled message does no harm, and a queue that cannot be reached delays the work until the next
sweep, at most a minute. Pages import this room; nothing in it may lead to the matchmaker.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer

from crm.errors import InvalidInput
from crm.settings import Settings

_log = logging.getLogger(__name__)
_NAME = "crm"
_PATIENCE = 3


class Wake(StrEnum):
    """What the worker may be woken for."""

    ROUND = "round"
    NEED = "need"
    REGISTER = "register"
    IMPORT = "import"
    EXPORT = "export"
    MAIL = "mail"
    SWEEP = "sweep"
    TRIAL = "trial"


class JsonSerializer(Serializer):  # type: ignore[misc]  # huey ships no types
    """Messages as JSON: huey's own way, pickle, would run whatever somebody wrote into the queue."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = json.loads(data)
        return Message(*found) if isinstance(found, list) and len(found) == len(Message._fields) else found


class Queue:
    """A queue by its address; nothing is opened before the first message."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self.handlers: dict[Wake, Callable[[], None]] = {}

    @cached_property
    def huey(self) -> Huey:
        """The opened queue; InvalidInput where its address cannot be one."""
        opened = _open(self._url, self._folder)
        self._woken = opened.task(name="woken")(self._run)
        opened.periodic_task(crontab(minute="*"), name="minute")(self._minute)
        return opened

    def send(self, kind: Wake) -> None:
        """Put a message in the queue; raises whatever keeps it from being reached."""
        self.huey  # noqa: B018  (opened before the task is asked for)
        self._woken(kind.value)

    def reach(self) -> int:
        """How many messages wait; raises whatever keeps the queue from being reached."""
        return int(self.huey.storage.queue_size())

    def close(self) -> None:
        """Let go of the connection; the next message opens it again."""
        opened = self.__dict__.pop("huey", None)
        if opened is not None:
            opened.storage.close()

    def _run(self, kind: str) -> None:
        self.handlers[Wake(kind)]()

    def _minute(self) -> None:
        self.handlers[Wake.SWEEP]()


def open_queue(settings: Settings) -> Queue:
    """The program's queue; the same one each time it is asked for."""
    return _known(settings.queue_url, settings.instance)


@lru_cache(maxsize=8)
def _known(url: str, folder: Path) -> Queue:
    return Queue(url, folder)


def wake(queue: Queue, kind: Wake) -> None:
    """Wake the worker, after the commit that gave it something to do; never fails whoever asks."""
    try:
        queue.send(kind)
    except Exception:  # noqa: BLE001  (whatever is wrong with the queue, the sweep finds the row)
        _log.warning("the queue cannot be reached; the next sweep picks up «%s»", kind, exc_info=True)


def _open(url: str, folder: Path) -> Huey:
    """SQLite in the instance folder, PostgreSQL or Redis.

    SQLite keeps a rollback journal, which no version of the library corrupts, and its default of waiting
    for the disk; a queue of some messages an hour does not notice, and would survive without.
    """
    shared = {"name": _NAME, "results": False, "serializer": JsonSerializer()}
    scheme = urlsplit(url).scheme
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(filename=str(folder / "queue.sqlite"), journal_mode="delete", **shared)
    if scheme in {"postgresql", "postgresql+psycopg", "postgres"}:
        return PostgresHuey(connection=partial(_connect, _plain(url)), **shared)
    if scheme in {"redis", "rediss"}:
        return _redis(url, shared)
    raise InvalidInput(
        "CRM_QUEUE_URL må begynne med postgresql:// eller redis://, fikk «%(value)s».",
        field="queue_url",
        value=scheme[:40],
    )


def _redis(url: str, shared: dict[str, Any]) -> Huey:
    if find_spec("redis") is None:
        raise InvalidInput(
            "CRM_QUEUE_URL peker på Redis, men pakken «redis» er ikke installert. Kjør: pip install redis",
            field="queue_url",
        )
    hurried = f"{url}{'&' if '?' in url else '?'}socket_connect_timeout={_PATIENCE}"
    return RedisHuey(url=hurried, **shared)


def _connect(url: str) -> psycopg.Connection:
    """A connection whose tables stand in a schema of their own, apart from those the migrations know."""
    opened = psycopg.connect(url, connect_timeout=_PATIENCE, autocommit=True, application_name="crm queue")
    opened.execute("CREATE SCHEMA IF NOT EXISTS crm_queue")
    opened.execute("SET search_path TO crm_queue")
    return opened


def _plain(url: str) -> str:
    """The address without the driver's name, as PostgreSQL itself reads it."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
