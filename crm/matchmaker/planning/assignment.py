"""Choosing among many places under limits, to the best, as a mixed integer program."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Chosen = NDArray[np.bool_]
Gains = NDArray[np.float64]
_SLACK = 1e-9
_OUT_OF_TIME = 1  # of SciPy's statuses


class Deadline:
    """How long solving may take in all; ``passed`` tells whether anything was cut short."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self.passed = False

    def left(self) -> float:
        """The seconds that are left, never below nought."""
        return max(self._ends - time.monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many of the places ``members`` are chosen, less ``share`` of all the chosen, lies in low..high."""

    members: tuple[int, ...]
    low: float = -np.inf
    high: float = np.inf
    share: float = 0.0

    @property
    def binds(self) -> bool:
        """Whether there is a choice of the members that does not keep it."""
        return self.low > 0 or self.share > 0 or self.high < len(self.members)

    def factors(self, size: int) -> dict[int, float]:
        """The factor of each place that counts; the place after the last stands for all the chosen."""
        return dict.fromkeys(self.members, 1.0) | ({size: -self.share} if self.share else {})


@dataclass(frozen=True)
class Assignment:
    """Places that are chosen or not; every choice keeps the limits and holds the forced places."""

    size: int
    limits: tuple[Limit, ...] = ()
    forced: frozenset[int] = frozenset()
    deadline: Deadline = field(default_factory=lambda: Deadline(3600.0))

    def under(self, *limits: Limit) -> Self:
        return replace(self, limits=self.limits + tuple(limit for limit in limits if limit.binds))

    def forcing(self, place: int) -> Self:
        return replace(self, forced=self.forced | {place})

    def best(self, gains: Gains) -> Chosen | None:
        """The choice with the largest sum of gains; None where no choice keeps the limits.

        When the time is over it is the best found so far, or None where none was found.
        """
        lowest = np.zeros(self.size + 1)
        lowest[list(self.forced)] = 1
        found = milp(
            np.append(-gains, 0.0),
            integrality=np.append(np.ones(self.size), 0.0),
            bounds=Bounds(lowest, np.append(np.ones(self.size), self.size)),
            constraints=LinearConstraint(self._matrix, self._lows, self._highs),
            options={"mip_rel_gap": 0, "time_limit": self.deadline.left()},
        )
        self.deadline.passed |= found.status == _OUT_OF_TIME
        return None if found.x is None else np.asarray(found.x[:-1] > 0.5, dtype=np.bool_)

    def from_the_top(self) -> Chosen:
        """The forced places and then each that still fits, first to last; lower limits are not looked at."""
        chosen = np.zeros(self.size, dtype=np.bool_)
        chosen[list(self.forced)] = True
        room = {limit: limit.high - chosen[list(limit.members)].sum() for limit in self.limits}
        of_place: dict[int, list[Limit]] = {}
        for limit in self.limits:
            for place in limit.members:
                of_place.setdefault(place, []).append(limit)
        for place in np.flatnonzero(~chosen).tolist():
            held = of_place.get(place, [])
            if all(room[limit] >= 1 for limit in held):
                chosen[place] = True
                room |= {limit: room[limit] - 1 for limit in held}
        return chosen

    def most(self, members: Collection[int]) -> int:
        """How many of some places can be chosen at most; -1 where no choice keeps the limits."""
        gains = np.zeros(self.size)
        gains[list(members)] = 1
        chosen = self.best(gains)
        return -1 if chosen is None else round(float(gains @ chosen))

    @cached_property
    def fullest(self) -> int:
        """How many places can be chosen at most; -1 where no choice keeps the limits."""
        return self.most(range(self.size))

    def allows(self, chosen: Chosen) -> bool:
        """Whether a choice keeps the limits; what is forced is the caller's concern."""
        sums = self._matrix @ np.append(chosen, chosen.sum()).astype(np.float64)
        return bool(np.all((sums >= self._lows - _SLACK) & (sums <= self._highs + _SLACK)))

    @cached_property
    def _rows(self) -> tuple[Limit, ...]:
        """The limits, the last of which holds the place after the last to the number of the chosen."""
        return (*self.limits, Limit(tuple(range(self.size)), low=0.0, high=0.0, share=1.0))

    @cached_property
    def _matrix(self) -> Any:
        factors = [limit.factors(self.size) for limit in self._rows]
        rows = [row for row, of_row in enumerate(factors) for _ in of_row]
        columns = [place for of_row in factors for place in of_row]
        values = [factor for of_row in factors for factor in of_row.values()]
        return csr_array((values, (rows, columns)), shape=(len(factors), self.size + 1))

    @cached_property
    def _lows(self) -> NDArray[np.float64]:
        return np.array([limit.low for limit in self._rows])

    @cached_property
    def _highs(self) -> NDArray[np.float64]:
        return np.array([limit.high for limit in self._rows])
