"""The demo's invented companies, people, partners and log, as they stand in data/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("data")

Table = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Content:
    """Each list as written, with keys that refer to each other."""

    companies: Table
    partners: Table
    people: Table
    colleagues: Table
    leads: Table
    partner_log: Table


def read() -> Content:
    people, log = _table("people"), _table("log")
    return Content(
        companies=_table("companies")["company"],
        partners=_table("partners")["partner"],
        people=people["person"],
        colleagues=people["colleague"],
        leads=log["lead"],
        partner_log=log["partner_activity"],
    )


def _table(name: str) -> dict[str, Table]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
