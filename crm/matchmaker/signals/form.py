"""The form signal: some legal forms seldom have anything to offer anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of, picked
from crm.matchmaker.profiles import CompanyProfile, NeedProfile

# Housing cooperatives and owners of flats, estates of the bankrupt and the dead, securities funds, foreign
# entities registered without a business here, and registrations for value added tax alone.
_SELDOM = frozenset(["BRL", "ESEK", "KBO", "BO", "VPFO", "UTLA", "TVAM"])


class FormSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """-1 for the forms that seldom offer anything, else 0; unknown speaks neither for nor against."""

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        seldom = [(company.form or "").strip().upper() in _SELDOM for company in companies]
        self.signal_ = -np.array(seldom, dtype=np.float32)
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "signal_")

    def kinds(self) -> Any:
        """Numbers that companies share which stand alike to every need."""
        return kinds_of(self.signal_)

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        """The same for every need."""
        check_is_fitted(self, "signal_")
        return np.broadcast_to(self.signal_, (len(needs), len(self.signal_)))
