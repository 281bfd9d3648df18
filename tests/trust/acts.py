"""A process that does one thing of the program's and dies at a chosen moment, forked so that many are cheap.

Read from standard input, a line each: what to do, its words, and ``commit K``, ``statement K`` or ``never``.
Answered, a line each: ``killed``, ``done`` or ``failed``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from config import Config
from crm.app import create_app
from crm.jobs import import_run, nightly, weekly_round
from crm.storage import backups, schema, transfer
from crm.storage.engines import Database, open_database
from tests.world import NOW


def upgrade(database: Database) -> None:
    schema.upgrade(database.engine)


def import_rows(database: Database, import_id: int, attempt: int) -> None:
    later = NOW + timedelta(days=1, minutes=10 * attempt)
    import_run.run(database, import_id, now=lambda: later)


def make_round(database: Database, run_id: int, attempt: int) -> None:
    later: datetime = NOW + timedelta(minutes=10 * attempt)
    weekly_round.run(database, run_id, now=lambda: later)


def back_up(database: Database, target: str) -> None:
    backups.make(database, Path(target))


def back_up_by_night(database: Database, folder: str, attempt: int) -> None:
    later = NOW + timedelta(hours=3 * attempt)
    nightly.make_due(database, nightly.Keeping(Path(folder), 3, 2), now=lambda: later)


def move(database: Database, url: str) -> None:
    transfer.move(database.engine, open_database(url).engine)


def export(database: Database, out: str) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    settings = Config(secret_key="x" * 40, instance=Path(out).parent, database_url=url, env="test")
    app = create_app(settings)
    done = app.test_cli_runner().invoke(args=["leads", "export", "--format", "csv", "--out", out])
    assert done.exit_code == 0, done.output


ACTS: dict[str, Callable[..., None]] = {
    act.__name__: act for act in (upgrade, import_rows, make_round, back_up, back_up_by_night, move, export)
}


def die_at(kind: str, number: int) -> None:
    """Kill this process at its so-manieth commit or statement, whatever engine it is sent to."""
    seen = [0]

    def count(*_rest: object) -> None:
        seen[0] += 1
        if seen[0] >= number:
            os.kill(os.getpid(), signal.SIGKILL)

    if kind != "never":
        event.listen(Engine, {"commit": "commit", "statement": "before_cursor_execute"}[kind], count)


def _child(asked: dict[str, Any]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    die_at(asked["kind"], asked["number"])
    try:
        ACTS[asked["act"]](open_database(asked["url"]), *asked["words"])
    except BaseException:  # noqa: BLE001  (told by the exit code)
        os._exit(1)
    os._exit(0)


def main() -> None:
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            _child(json.loads(line))
        _, status = os.waitpid(number, 0)
        ended = "killed" if os.WIFSIGNALED(status) else "failed" if os.WEXITSTATUS(status) else "done"
        print(ended, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
