"""What an examination finds: one sentence on what is seen, and one on what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """``FAULT`` must be mended; ``NOTE`` is worth knowing."""

    FINE = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``said`` and ``cure`` are sentences in bokmål with ``%(name)s`` for values."""

    name: str
    level: Level
    said: str
    cure: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def fine(name: str, sentence: str, /, **values: object) -> Finding:
    return Finding(name, Level.FINE, sentence, values=values)


def note(name: str, sentence: str, cure: str, /, **values: object) -> Finding:
    return Finding(name, Level.NOTE, sentence, cure, values)


def fault(name: str, sentence: str, cure: str, /, **values: object) -> Finding:
    return Finding(name, Level.FAULT, sentence, cure, values)
