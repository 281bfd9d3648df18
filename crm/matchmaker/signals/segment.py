"""The segment signal: does the company belong to a segment the need names."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of_each
from crm.matchmaker.profiles import CompanyProfile, NeedProfile


class SegmentSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """1 where they share a segment, 0 otherwise."""

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        return self.know([company.segments for company in companies])

    def know(self, held: Sequence[tuple[str, ...]]) -> Self:
        """Learn which segments each company belongs to."""
        self.held_ = held
        self.members_: dict[str, list[int]] = {}
        for number, segments in enumerate(held):
            for segment in segments:
                self.members_.setdefault(segment, []).append(number)
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return copy(self).know([self.held_[column] for column in columns])

    def kinds(self) -> Any:
        """Numbers that companies share which stand alike to every need."""
        return kinds_of_each(frozenset(segments) for segments in self.held_)

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        check_is_fitted(self, "members_")
        signal = np.zeros((len(needs), len(self.held_)), dtype=np.float32)
        for row, need in zip(signal, needs, strict=True):
            for segment in need.segments:
                row[self.members_.get(segment, [])] = 1
        return signal
