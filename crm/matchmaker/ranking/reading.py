"""What the signals say of some needs and companies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The signals between some needs and all companies, each needs x companies."""

    text: Any
    industry: Any
    place: Any
    size: Any
    segment: Any
    form: Any
    evidence: Any
    wishes: Any
    meaning: Any
    history: Any
    best_industry: Any
    kilometres: Any

    def total(self, row: int, weights: Mapping[str, float]) -> Any:
        """The weighed sum of the signals for one need, one figure a company."""
        parts = (weight * getattr(self, name)[row].astype(np.float64) for name, weight in weights.items())
        return sum(parts)
