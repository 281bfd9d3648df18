"""The invented cluster as it is written down: four files, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"

Entry = dict[str, Any]


@cache
def _file(name: str) -> dict[str, list[Entry]]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def colleagues() -> list[Entry]:
    return _file("people")["colleague"]


def people() -> list[Entry]:
    return _file("people")["person"]


def companies() -> list[Entry]:
    return _file("companies")["company"]


def partners() -> list[Entry]:
    return _file("partners")["partner"]


def leads() -> list[Entry]:
    return _file("log")["lead"]


def partner_activities() -> list[Entry]:
    return _file("log")["partner_activity"]


def numbers() -> frozenset[str]:
    """The organisation numbers of the invented companies."""
    return frozenset(company["orgnr"] for company in companies())
