"""The wishes signal: does the company seek what the partner offers; what one side alone wants loses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import picked
from crm.matchmaker.language.texts import TextSpace, similarities
from crm.matchmaker.profiles import CompanyProfile, NeedProfile


class WishesSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """From -0.4, the wish and the offer have nothing in common, to 0.6; 0 where either is not known.

    The cosine of the two texts is squeezed into 0..1 with ``half`` at its middle, and ``even`` is where it
    speaks neither for nor against. It is added in log-odds like every other signal, so a company that
    answers the need but seeks something else than the partner offers stands below one that fits both ways.
    """

    def __init__(self, *, half: float = 0.1, even: float = 0.4) -> None:
        self.half = half
        self.even = even

    def fit(self, companies: Sequence[CompanyProfile], space: TextSpace) -> Self:
        self.space_ = space
        seeking = [number for number, company in enumerate(companies) if company.wishes.strip()]
        self.rows_ = space.transform([companies[number].wishes for number in seeking])
        self.row_of_ = np.full(len(companies), -1)
        self.row_of_[seeking] = np.arange(len(seeking))
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "row_of_")

    def kinds(self) -> Any:
        """0 for every company whose wishes are not known, a number of its own for each other."""
        return self.row_of_ + 1

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        """Needs x companies."""
        check_is_fitted(self, "row_of_")
        found = np.zeros((len(needs), len(self.row_of_)), dtype=np.float32)
        offering = [row for row, need in enumerate(needs) if need.offers.strip()]
        seeking = np.flatnonzero(self.row_of_ >= 0)
        if offering and len(seeking):
            offered = self.space_.transform([needs[row].offers for row in offering])
            alike = similarities(offered, self.rows_)[:, self.row_of_[seeking]]
            found[np.ix_(np.array(offering), seeking)] = alike / (alike + np.float32(self.half)) - self.even
        return found
