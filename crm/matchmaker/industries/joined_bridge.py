"""One bridge of two: what the handed companies teach, and what the register taught before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.industries.industry import Industry, IndustryBridge, Told
from crm.matchmaker.industries.register_bridge import RegisterBridge

_BLOCK = 1000


class JoinedBridge(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Likeness of texts to industries: the companies' own bridge, joined with that of the register if given.

    The register counts by how many units it was learned from beside the companies that have an industry,
    ``most`` at the highest, and not at all for industries of a standard none of its units had.
    ``industries_`` are those the companies have and those the register knows, which a company without any
    may be guessed to have.
    """

    def __init__(
        self, register: RegisterBridge | None = None, *, most: float = 0.3, least_alike: float = 0.05
    ) -> None:
        self.register = register
        self.most = most
        self.least_alike = least_alike

    def fit(self, X: Any, y: Sequence[Sequence[Industry]], told: Told | None = None) -> Self:  # noqa: N803
        self.own_ = IndustryBridge().fit(X, y, told)
        known = self.register.industries_ if self.register else frozenset()
        self.industries_ = sorted(known.union(self.own_.industries_))
        number = {industry: place for place, industry in enumerate(self.industries_)}
        self.places_ = [number[industry] for industry in self.own_.industries_]
        self.shares_ = self._shares(sum(map(bool, y)))
        return self

    def _shares(self, companies: int) -> Any:
        """How much the register counts for each industry."""
        if self.register is None:
            return np.zeros(len(self.industries_), dtype=np.float32)
        units = self.register.units_
        share = min(self.most, units / max(units + companies, 1))
        standards = {industry.standard for industry in self.register.industries_}
        known = [industry.standard in standards for industry in self.industries_]
        return np.where(known, share, 0).astype(np.float32)

    def transform(self, X: Any, texts: Sequence[str]) -> Any:  # noqa: N803
        """Texts x ``industries_``; the texts, and their rows of the space the bridge was fitted in."""
        check_is_fitted(self, "own_")
        found = np.zeros((X.shape[0], len(self.industries_)), dtype=np.float32)
        found[:, self.places_] = self.own_.transform(X)
        if self.register is None:
            return found
        return (1 - self.shares_) * found + self.shares_ * self.register.transform(texts, self.industries_)

    def guess(self, X: Any, texts: Sequence[str]) -> list[tuple[Industry, ...]]:  # noqa: N803
        """The likeliest industry of each text; nothing where none is as much as ``least_alike``."""
        guesses: list[tuple[Industry, ...]] = []
        for start in range(0, len(texts) if self.industries_ else 0, _BLOCK):
            found = self.transform(X[start : start + _BLOCK], texts[start : start + _BLOCK])
            for row, best in zip(found, found.argmax(axis=1), strict=True):
                guesses.append((self.industries_[best],) if row[best] >= self.least_alike else ())
        return guesses or [()] * len(texts)
