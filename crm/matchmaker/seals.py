"""The seals of learned models, read without loading any: whether each file still is what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FACTS = "model.json"


class DamagedModelError(ValueError):
    """A folder that does not hold what its JSON says, or a JSON that cannot be read."""


def numbered(folder: Path) -> list[Path]:
    """The models of a folder, newest first."""
    found = [path for path in folder.glob("[0-9]*") if path.name.isdigit() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def read_facts(path: Path) -> dict[str, Any]:
    """What is known of a model, its seal proved; DamagedModelError where it does not hold."""
    try:
        facts = json.loads(path.read_bytes())
        told = facts.pop("seal")
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedModelError(f"{path.name} cannot be read ({type(error).__name__})") from error
    if told != seal(facts):
        raise DamagedModelError(f"{path.name} was changed after it was written")
    return dict(facts)


def prove(place: Path, told: str) -> None:
    """DamagedModelError where a file of arrays is not what was written, OSError where it cannot be read."""
    with place.open("rb") as file:
        seen = hashlib.file_digest(file, "sha256").hexdigest()
    if seen != told:
        raise DamagedModelError(f"{place.name} is not what was written")


def seal(facts: Mapping[str, Any]) -> str:
    """A fingerprint of the facts, whatever the order they are written in."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken(folder: Path) -> list[Path]:
    """The models under a folder of folders whose seal does not hold."""
    return [path for kind in sorted(folder.glob("*")) for path in numbered(kind) if not _holds(path)]


def _holds(path: Path) -> bool:
    try:
        facts = read_facts(path / FACTS)
        for name, told in facts["arrays"].items():
            prove(path / f"{name}.npy", told)
    except (DamagedModelError, OSError, KeyError, AttributeError):
        return False
    return True
