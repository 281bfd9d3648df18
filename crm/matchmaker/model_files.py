"""Learned models on disk, as arrays and one JSON: the one in use stays until the next is whole.

A model lies in a numbered folder of its own. A new one is written beside it under a name that is never read,
and gets its number by a rename; so a process killed half-way leaves the model in use as it was. The newest
two are kept. Opening goes from the newest down and takes the first that is what its JSON says.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crm.matchmaker import seals
from crm.matchmaker.seals import FACTS, DamagedModelError, numbered, read_facts

_log = logging.getLogger(__name__)
_BESIDE = ".new-"
_KEPT = 2
_ABANDONED_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Model:
    """Arrays by name, and what there is to know of them: plain values that JSON can hold."""

    arrays: Mapping[str, Any]
    facts: Mapping[str, Any]


def keep(folder: Path, model: Model, *, schema: int, kept: int = _KEPT) -> Path:
    """Write a model, make it the newest of its folder and leave the ``kept - 1`` before; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder, prefix=_BESIDE))
    try:
        arrays = {name: _write_array(beside / f"{name}.npy", array) for name, array in model.arrays.items()}
        facts = {"schema": schema, "arrays": arrays, **model.facts}
        _write(beside / FACTS, json.dumps({**facts, "seal": seals.seal(facts)}, ensure_ascii=False).encode())
        beside.chmod(0o755)
        placed = _place(folder, beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _tidy(folder, kept)
    return placed


def newest(folder: Path, *, schema: int) -> Model | None:
    """The newest model that is whole and of this schema, its arrays mapped from the disk; None without."""
    for path in numbered(folder):
        try:
            return _open(path, schema=schema)
        except DamagedModelError as damage:
            _log.warning("The model %s is not used: %s. The one before it is, if there is one.", path, damage)
    return None


def _open(path: Path, *, schema: int) -> Model:
    facts = read_facts(path / FACTS)
    if facts.get("schema") != schema:
        raise DamagedModelError(f"its schema is {facts.get('schema')}, this program reads {schema}")
    return Model({name: _read_array(path, name, told) for name, told in facts["arrays"].items()}, facts)


def _read_array(path: Path, name: str, told: str) -> Any:
    place = path / f"{name}.npy"
    try:
        seals.prove(place, told)
        array = np.load(place, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise DamagedModelError(f"{place.name} cannot be read ({error.strerror or error})") from error
    return array


def _write_array(path: Path, array: Any) -> str:
    """Write one array to the disk itself; gives its fingerprint."""
    with path.open("xb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        _settle(file.fileno(), file)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        _settle(file.fileno(), file)


def _settle(number: int, file: Any) -> None:
    file.flush()
    os.fsync(number)


def _place(folder: Path, beside: Path) -> Path:
    """Give a written model the next number; where another process took it meanwhile, the one after."""
    _settle_folder(beside)
    for number in _next_numbers(folder):
        place = folder / f"{number:06}"
        try:
            beside.rename(place)
        except OSError:
            if not place.exists():
                raise
            continue
        _settle_folder(folder)
        return place
    raise AssertionError("numbers do not end")


def _next_numbers(folder: Path) -> Iterator[int]:
    start = int(numbered(folder)[0].name) if numbered(folder) else 0
    yield from range(start + 1, start + 1000)


def _settle_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _tidy(folder: Path, kept: int) -> None:
    """Remove all but the newest models, and what killed processes left long ago."""
    for path in numbered(folder)[kept:]:
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f"{_BESIDE}*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
