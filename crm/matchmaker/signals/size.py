"""The size signal: a little credit for hands to do the work, a little doubt where they are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of, picked
from crm.matchmaker.profiles import CompanyProfile, NeedProfile

UNKNOWN = -0.3


class SizeSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """0 at ``neutral`` employees, 0.5 at ten times as many, -0.5 at a tenth, never beyond -1 and 1."""

    def __init__(self, *, neutral: int = 10) -> None:
        self.neutral = neutral

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        counts = [np.nan if company.employees is None else company.employees for company in companies]
        tens = np.log10(np.maximum(np.array(counts, dtype=float), 1) / self.neutral)
        self.signal_ = np.where(np.isnan(tens), UNKNOWN, np.clip(tens / 2, -1, 1))
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "signal_")

    def kinds(self) -> Any:
        """Numbers that companies share which stand alike to every need."""
        return kinds_of(self.signal_)

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        """The same for every need: what a need asks of size stands in its constraints."""
        check_is_fitted(self, "signal_")
        return np.broadcast_to(self.signal_, (len(needs), len(self.signal_)))
