"""What a need demands: a company known to break a constraint is not offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of, picked
from crm.matchmaker.profiles import CompanyProfile, NeedProfile


class Constraints(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Who may be offered to a need; what is unknown about a company breaks nothing."""

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        counts = [np.nan if company.employees is None else company.employees for company in companies]
        self.employees_ = np.array(counts, dtype=float)
        self.municipalities_ = np.array([company.municipality_no or "" for company in companies], dtype="U8")
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "employees_", "municipalities_")

    def kinds(self) -> Any:
        """Numbers that companies share which a need treats alike, distance apart."""
        return kinds_of(self.employees_, self.municipalities_)

    def allowed(self, need: NeedProfile, kilometres: Any) -> Any:
        """A truth value per company, given the distances of this need."""
        check_is_fitted(self, "employees_")
        limits = need.constraints
        may = np.ones(len(self.employees_), dtype=bool)
        if (most := _number(limits.get("max_km"))) is not None:
            may &= ~(kilometres > most)
        if (fewest := _number(limits.get("min_employees"))) is not None:
            may &= ~(self.employees_ < fewest)
        if (most := _number(limits.get("max_employees"))) is not None:
            may &= ~(self.employees_ > most)
        places = limits.get("municipalities")
        if isinstance(places, (list, tuple, set, frozenset)) and places:
            may &= np.isin(self.municipalities_, ["", *map(str, places)])
        return may


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
