"""The segment signal: does the company belong to a segment the need names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.profiles import CompanyProfile, NeedProfile


class SegmentSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """1 where they share a segment, 0 otherwise."""

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        members: dict[str, list[int]] = {}
        for number, company in enumerate(companies):
            for segment in company.segments:
                members.setdefault(segment, []).append(number)
        self.members_ = members
        self.count_ = len(companies)
        return self

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        check_is_fitted(self, "members_")
        signal = np.zeros((len(needs), self.count_), dtype=np.float32)
        for row, need in zip(signal, needs, strict=True):
            for segment in need.segments:
                row[self.members_.get(segment, [])] = 1
        return signal
