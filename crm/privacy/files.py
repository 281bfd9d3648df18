"""Files in the instance folder that name a person, and what becomes of each at an erasure."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from crm.privacy import contents
from crm.privacy.likeness import Likeness

LEDGER = "erasures.jsonl"
_MAGIC = b"SQLite format 3\0"
_LOGS = {".log", ".out", ".err"}
_MODELS = "models"


class Fate(StrEnum):
    """What an erasure does to a file that names the person."""

    EXPIRES = "expires"
    GOES = "goes"
    LEARNED_ANEW = "learned_anew"
    MASKED = "masked"


@dataclass(frozen=True, slots=True)
class Named:
    path: Path
    fate: Fate


def naming(instance: Path, person: Likeness, *, database: Path | None) -> list[Named]:
    """The files that name a person, the database itself aside; a copy of it stays until it expires."""
    own = frozenset({instance / LEDGER, instance / "secret.key", *_of_database(database)})
    return [Named(path, _fate(instance, path)) for path in contents.naming(instance, person, aside=own)]


def clean(found: list[Named], person: Likeness, token: str) -> None:
    """Take the person out of the files: lists go whole, logs are masked, what was learned is learned anew."""
    for each in found:
        if each.fate is Fate.MASKED:
            text = each.path.read_text(encoding="utf-8", errors="surrogateescape")
            _overwrite(each.path, person.masked(text, token).encode("utf-8", errors="surrogateescape"))
        elif each.fate is Fate.LEARNED_ANEW:
            shutil.rmtree(each.path.parent, ignore_errors=True)
        elif each.fate is Fate.GOES:
            each.path.unlink(missing_ok=True)


def remember(instance: Path, *, salt: str, hashes: list[Any], cause: str, at: datetime) -> None:
    """Write an erasure down beside the database, so that it is done again in a copy that is put back."""
    line = json.dumps({"at": at.isoformat(), "cause": cause, "salt": salt, "hashes": hashes})
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write(f"{line}\n")
        ledger.flush()
        os.fsync(ledger.fileno())


def remembered(instance: Path) -> Iterator[dict[str, Any]]:
    """The erasures written down, oldest first; a line cut off by a crash is passed over."""
    path = instance / LEDGER
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _of_database(database: Path | None) -> list[Path]:
    return [] if database is None else [Path(f"{database}{end}") for end in ("", "-wal", "-shm", "-journal")]


def _fate(instance: Path, path: Path) -> Fate:
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) == _MAGIC:
            return Fate.EXPIRES
    if path.suffix in _LOGS:
        return Fate.MASKED
    learned = path.is_relative_to(instance / _MODELS) and path.parent != instance / _MODELS
    return Fate.LEARNED_ANEW if learned else Fate.GOES


def _overwrite(path: Path, content: bytes) -> None:
    """Write over a file where it lies, so that who has it open writes on in it."""
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()
        os.fsync(file.fileno())
