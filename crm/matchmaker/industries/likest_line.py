"""The bridge from a text to industries by the one line about an industry that the text is likest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.industries.industry import Industry, Told


class LikestLine(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """How like a text is to the likest of the lines about an industry, where a mean would blur them.

    «Rotter» is all of one line about cleaning and next to nothing of cleaning as a whole. A cosine shrinks
    with the square root of a line's length; ``breadth`` of that is given back, as a line that lists more
    things is not less about each.
    """

    def __init__(self, *, breadth: float = 0.75) -> None:
        self.breadth = breadth

    def fit(self, told: Told, industries: Sequence[Industry]) -> Self:
        """Take in rows of a ``TextSpace`` about industries; ``transform`` answers for ``industries``."""
        place = {industry: number for number, industry in enumerate(industries)}
        about = sorted((place[industry], line) for line, held in enumerate(told.members) for industry in held)
        columns = np.array([column for column, _ in about], dtype=int)
        self.lines_ = np.array([line for _, line in about], dtype=int)
        self.columns_, self.starts_ = np.unique(columns, return_index=True)
        self.rows_, self.count_ = told.rows.T.tocsr(), len(industries)
        lengths = np.diff(told.rows.indptr).astype(np.float32)
        middle = lengths.mean() if lengths.any() else 1
        self.scale_ = (np.maximum(lengths, 1) / middle) ** np.float32(self.breadth / 2)
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803  (scikit-learn's names)
        """Texts x industries, from rows of the same space."""
        check_is_fitted(self, "rows_")
        found = np.zeros((X.shape[0], self.count_), dtype=np.float32)
        if len(self.lines_):
            alike = ((X @ self.rows_).toarray() * self.scale_)[:, self.lines_]
            found[:, self.columns_] = np.maximum.reduceat(alike, self.starts_, axis=1)
        return found
