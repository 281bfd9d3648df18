"""What goes into the matchmaker and what comes out of it, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something a company has done: a contract won, a project, a grant; ``count`` of the same may be one."""

    text: str = ""
    count: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyProfile:
    """A company as the matchmaker sees it; everything but the key may be missing."""

    key: str
    name: str = ""
    text: str = ""
    nace: tuple[str, ...] = ()
    nace_standard: str = "SN2025"
    nace_names: tuple[str, ...] = ()
    employees: int | None = None
    municipality_no: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    form: str | None = None
    segments: tuple[str, ...] = ()
    offers: str = ""
    wishes: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProfile:
    """What a partner needs, and in ``offers`` what the partner has to offer in return.

    Of the constraints ``max_km``, ``min_employees``, ``max_employees`` and ``municipalities`` (a list of
    municipality numbers) are understood; a company known to break one is not offered. Others are ignored.
    """

    key: str
    title: str = ""
    text: str = ""
    segments: tuple[str, ...] = ()
    partner: str = ""
    cpv: tuple[str, ...] = ()
    municipality_no: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    offers: str = ""
    constraints: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """A yes or a no once given to a company for a need; ``at`` is an ISO date or moment, if known."""

    need: str
    company: str
    verdict: Literal["yes", "no"]
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One contribution to a score, in logits, with the values its sentence needs (see ``wording``)."""

    kind: str
    contribution: float
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCompany:
    """A company's place in the list of a need: rank from 1, reasons strongest first.

    ``parts`` is what the bias and each signal add to the score, in logits; they sum to it.
    """

    need: str
    company: str
    rank: int
    score: float
    probability: float
    reasons: tuple[Reason, ...] = ()
    against: Reason | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
