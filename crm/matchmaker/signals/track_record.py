"""The track record signal: what a company has done before, and how like the need that was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import picked
from crm.matchmaker.language.texts import TextSpace, similarities
from crm.matchmaker.profiles import CompanyProfile, Evidence

# How like any need a deed is taken to be whatever it says, so that each counts a little.
_ANY = np.float32(0.1)
# From here up a reader sees the likeness.
_LIKE = 0.15


class TrackRecord(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """From 0, nothing known, upwards: ten of the same kind say less than ten times one.

    A deed counts the third power of its cosine with the need, so that few alike ones weigh more than many
    others; the sum's logarithm is told, ``half`` setting where it begins to level out. More deeds never lower
    it.
    """

    def __init__(self, *, half: float = 0.3) -> None:
        self.half = half

    def fit(self, companies: Sequence[CompanyProfile], space: TextSpace) -> Self:
        self.deeds_ = [deed for company in companies for deed in company.evidence]
        ends = np.cumsum([0, *(len(company.evidence) for company in companies)])
        counts = np.array([deed.count for deed in self.deeds_], dtype=np.float32)
        shape = (len(companies), len(self.deeds_))
        self.done_ = sparse.csr_matrix((counts, np.arange(len(self.deeds_)), ends), shape=shape)
        self.rows_ = space.transform([deed.text for deed in self.deeds_])
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "done_")

    def kinds(self) -> Any:
        """0 for every company of which nothing is known, a number of its own for each other."""
        known = np.diff(self.done_.indptr) > 0
        return np.where(known, np.cumsum(known), 0)

    def transform(self, X: Any) -> Any:  # noqa: N803  (scikit-learn's names)
        """Needs x companies, from the needs' rows of the same space."""
        check_is_fitted(self, "done_")
        if not self.deeds_:
            return np.broadcast_to(np.float32(0), (X.shape[0], self.done_.shape[0]))
        return np.ascontiguousarray(np.log1p(self.done_ @ self._alike(X).T / np.float32(self.half)).T)

    def likest(self, X: Any, column: int) -> Evidence | None:  # noqa: N803
        """The deed of a company that is likest a need, given by its row; None where none is like it."""
        own = self.done_.indices[self.done_.indptr[column] : self.done_.indptr[column + 1]]
        alike = similarities(X, self.rows_[own])[0]
        return self.deeds_[int(own[alike.argmax()])] if len(own) and alike.max() >= _LIKE else None

    def _alike(self, X: Any) -> Any:  # noqa: N803
        return np.maximum(similarities(X, self.rows_), _ANY) ** 3
