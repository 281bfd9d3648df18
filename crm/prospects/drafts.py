"""What a list of prospects is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# Forms of companies, in which somebody may want to do business; associations, estates and public offices
# are left out unless all forms are asked for.
COMPANY_FORMS = frozenset(
    {"ANS", "AS", "ASA", "BA", "DA", "FKF", "IKS", "KF", "KS", "NUF", "SA", "SE", "SF", "STI"}
)


class Size(StrEnum):
    """How many employees; fewer than five are not published, so that the smallest are the unknown."""

    ANY = ""
    UNKNOWN = "unknown"
    SMALL = "5-19"
    MEDIUM = "20-99"
    LARGE = "100-"


SPANS: dict[Size, tuple[int, int | None]] = {
    Size.SMALL: (5, 19),
    Size.MEDIUM: (20, 99),
    Size.LARGE: (100, None),
}


class Order(StrEnum):
    FIT = "fit"
    SIZE = "size"
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectFilter:
    """Which units are wanted: industries as SN2025 codes, municipalities by number (none: everywhere)."""

    industries: frozenset[str]
    core: frozenset[str] = frozenset()
    """Those of the industries that a segment is about; they come first where the best fit does."""
    municipalities: frozenset[str] | None = None
    size: Size = Size.ANY
    companies_only: bool = True
    registered_since: date | None = None
    order: Order = Order.FIT
    after: str = ""
    """The number of the last unit of the screen before."""
    given: dict[str, str] = field(default_factory=dict)
