"""Which industry standard a file's codes are of: the register's records hold no mark of it.

Files drawn before the register went over to SN2025 (autumn 2025) hold SN2007. A few common codes that
exist in one standard only tell them apart after some hundred units. Both lists are facts of Statistics
Norway's Klass (CC BY 4.0): code list version 3218 and correspondence table 2919.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Literal

Standard = Literal["SN2007", "SN2025"]

# Correspondence 2919: five-digit sources that are no code of version 3218; the commonest in the register.
ONLY_SN2007 = frozenset(
    {
        "03.111", "35.111", "41.109", "41.200", "45.112", "45.200", "47.111", "47.641", "47.772", "47.919",
        "55.101", "55.202", "56.101", "56.102", "62.010", "62.020", "64.308", "68.100", "68.201", "68.209",
        "70.220", "81.101", "85.599", "86.211", "86.901", "86.907", "86.909", "88.911", "90.011", "96.020",
    }
)  # fmt: skip
# Version 3218: the successors of these that were no code before.
ONLY_SN2025 = frozenset(
    {
        "03.110", "41.000", "43.340", "43.410", "46.500", "46.830", "47.110", "47.920", "55.100", "56.110",
        "62.100", "62.200", "64.323", "68.110", "68.120", "68.200", "70.200", "74.990", "81.100", "86.210",
        "86.930", "86.941", "86.950", "86.992", "90.201", "90.390", "95.310", "96.210", "96.220", "97.001",
    }
)  # fmt: skip


def guess_standard(
    codes: Iterable[str],
    *,
    known_2007: AbstractSet[str] | None = None,
    known_2025: AbstractSet[str] | None = None,
) -> Standard:
    """The standard that most of the tell-tale codes are of; SN2025, today's, where nothing tells.

    Whoever has both complete code lists at hand gives them; otherwise the short lists above decide.

    Examples
    --------
    >>> guess_standard(["62.010", "86.901", "25.400"])
    'SN2007'
    """
    old, new = ONLY_SN2007, ONLY_SN2025
    if known_2007 and known_2025:
        old, new = frozenset(known_2007 - known_2025), frozenset(known_2025 - known_2007)
    lead = sum((code in old) - (code in new) for code in codes)
    return "SN2007" if lead > 0 else "SN2025"
