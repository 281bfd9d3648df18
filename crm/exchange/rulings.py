"""What a row comes to, and what the rows of a file share while they are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.exchange.in_file import InFile
from crm.exchange.models import Answer, Verdict
from crm.exchange.names import Alike
from crm.exchange.remarks import Remark

# What was answered of a row's duplicates: the kind of record to the answer and the record's id.
Answers = Mapping[str, tuple[Answer, int]]


@dataclass(slots=True)
class Ruling:
    """What a row comes to, ready to be kept: see ``ImportRow``."""

    number: int
    line: int | None
    cells: tuple[str, ...]
    verdict: Verdict = Verdict.REJECTED
    plan: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    company_key: str = ""
    company_id: int | None = None


@dataclass(slots=True)
class Docket:
    """What the rows of a file share: what earlier ones said, fields to keep, rows spoken against later."""

    keep: frozenset[str]
    like: Callable[[str, str | None], Alike | None]
    in_file: InFile = field(default_factory=InFile)
    conflicts: list[tuple[int, Remark]] = field(default_factory=list)
