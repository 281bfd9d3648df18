"""What is written to the log: one line an event, for people or as JSON, and never a value somebody typed.

An error is told by its kind and where it happened. What it says of itself is left out, since databases and
parsers quote what they were given.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from crm.errors import CrmError

_LONGEST = 2000
_ROOT = str(Path(__file__).parents[1])
_QUIET = ("huey", "alembic", "httpx", "httpcore", "waitress.queue")
_OURS = "crm-journal"


def install(form: str) -> None:
    """Let everything the program logs be one line on standard error, as ``text`` or ``json``."""
    root = logging.getLogger()
    for known in [each for each in root.handlers if each.get_name() == _OURS]:
        root.removeHandler(known)
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_OURS)
    handler.setFormatter(JsonLine() if form == "json" else TextLine())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class TextLine(logging.Formatter):
    """``2026-11-25T09:00:00Z WARNING crm.jobs.queue: message; OperationalError at crm/x.py:12 in f``."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        head = f"{facts.pop('time')} {facts.pop('level')} {facts.pop('logger')}: {facts.pop('message')}"
        return "; ".join([head, *(f"{name} {_in_text(value)}" for name, value in facts.items())])


class JsonLine(logging.Formatter):
    """One JSON object: time, level, logger, message, and what there is beside."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_facts(record), ensure_ascii=False)


def on_one_line(text: str) -> str:
    """A text without line breaks and control characters, cut where it gets long."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text[: _LONGEST + 1])
    return seen if len(text) <= _LONGEST else f"{seen[:_LONGEST]}…"


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC)
    facts: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": on_one_line(record.getMessage()),
    }
    facts |= getattr(record, "facts", {})
    if record.exc_info and record.exc_info[1] is not None:
        facts["error"] = list(_chain(record.exc_info[1]))
    return facts


def _chain(error: BaseException) -> Iterator[str]:
    """An error and what caused it, each by kind and place."""
    seen: BaseException | None = error
    while seen is not None:
        told = f"{type(seen).__name__}: {seen.message}" if isinstance(seen, CrmError) else type(seen).__name__
        yield on_one_line(" ".join([told, *_places(seen.__traceback__)]))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Where an error passed, our own code first of all; the innermost last."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if frame.filename.startswith(_ROOT) and ".venv" not in frame.filename]
    for frame in (*ours[-6:], *(frames[-1:] if frames and frames[-1] not in ours else ())):
        yield f"at {frame.filename.removeprefix(_ROOT).lstrip('/')}:{frame.lineno} in {frame.name}"


def _in_text(value: object) -> str:
    return " < ".join(value) if isinstance(value, list) else str(value)
