"""The week's suggestions, chosen together: nobody is asked too often and small firms get their turn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crm.matchmaker.profiles import RankedCompany

SMALL_BELOW = 10


@dataclass(slots=True)
class _Week:
    """The slots taken so far, and how often each need and each company may still be picked."""

    per_need: int
    per_company: int
    picks: list[RankedCompany] = field(default_factory=list)
    of_need: Counter[str] = field(default_factory=Counter)
    of_company: Counter[str] = field(default_factory=Counter)

    def has_room(self, pair: RankedCompany) -> bool:
        within_need = self.of_need[pair.need] < self.per_need
        return within_need and self.of_company[pair.company] < self.per_company

    def take(self, pair: RankedCompany) -> None:
        self.picks.append(pair)
        self.of_need[pair.need] += 1
        self.of_company[pair.company] += 1


def plan_week(
    ranked: Iterable[Sequence[RankedCompany]],
    *,
    per_need: int = 5,
    per_company: int = 2,
    min_probability: float = 0.2,
    small_share: float = 0.3,
    employees: Mapping[str, int | None],
) -> list[RankedCompany]:
    """The pairs to suggest this week, most probable first.

    At most ``per_need`` companies a need and ``per_company`` needs a company. At least ``small_share`` of
    the slots go to firms with fewer than ten employees, or of unknown size, where the lists hold enough of
    them. The same lists always give the same plan.
    """
    pairs = [pair for row in ranked for pair in row if pair.probability >= min_probability]
    pairs.sort(key=lambda pair: (-pair.probability, pair.need, pair.company))
    small = [pair for pair in pairs if _is_small(employees.get(pair.company))]
    reserved = 0
    while True:
        week = _filled(_Week(per_need, per_company), small, pairs, reserved=reserved)
        taken = sum(_is_small(employees.get(pair.company)) for pair in week.picks)
        wanted = math.ceil(small_share * len(week.picks) - 1e-9)
        if taken >= wanted or reserved >= len(small):
            return sorted(week.picks, key=lambda pair: (-pair.probability, pair.need, pair.company))
        reserved = max(reserved + 1, wanted)


def _filled(
    week: _Week, small: Sequence[RankedCompany], pairs: Sequence[RankedCompany], *, reserved: int
) -> _Week:
    """The week with the best small firms in the reserved slots and the best of all in the rest."""
    for pair in small:
        if len(week.picks) == reserved:
            break
        if week.has_room(pair):
            week.take(pair)
    chosen = {(pair.need, pair.company) for pair in week.picks}
    for pair in pairs:
        if (pair.need, pair.company) not in chosen and week.has_room(pair):
            week.take(pair)
    return week


def _is_small(employees: int | None) -> bool:
    return employees is None or employees < SMALL_BELOW
