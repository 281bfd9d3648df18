"""The bridge from a text to industries, learned from how the handed companies in each describe themselves.

An industry is known by its standard and its code: 25.400 of SN2007 made weapons, that of SN2025 forges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.texts import similarities, unit_rows

# 86.902 is learned as itself, with the others of 86.90 and with those of 86.9.
DEPTHS = (4, 5, 6)


class Industry(NamedTuple):
    """A code of a standard."""

    standard: str
    code: str


class Told(NamedTuple):
    """Rows of a ``TextSpace`` that describe industries, and the industries each row describes."""

    rows: Any
    members: Sequence[Sequence[Industry]]


class IndustryBridge(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The nearest industries of a text: each is the mean of its companies' texts, at three depths of code.

    ``fit`` takes the companies' rows of a ``TextSpace`` and the industries of each company, and may be told
    the everyday words of industries as further rows: they weigh ``told_share`` beside the companies' 1,
    however many those are. ``transform`` gives texts x ``industries_``, each the mean of three cosines.
    """

    def __init__(self, *, told_share: float = 1.0) -> None:
        self.told_share = told_share

    def fit(self, X: Any, y: Sequence[Sequence[Industry]], told: Told | None = None) -> Self:  # noqa: N803
        self.industries_ = sorted({industry for row in y for industry in row})
        self.centres_ = []
        self.places_ = []
        for depth in DEPTHS:
            groups = sorted({cut(industry, depth) for industry in self.industries_})
            number = {group: place for place, group in enumerate(groups)}
            centres = _centres(X, y, number=number, depth=depth)
            if told is not None and told.members:
                taught = _centres(told.rows, told.members, number=number, depth=depth)
                centres = unit_rows((centres + np.float32(self.told_share) * taught).tocsr())
            self.centres_.append(centres)
            self.places_.append([number[cut(industry, depth)] for industry in self.industries_])
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self, "centres_")
        found = np.zeros((X.shape[0], len(self.industries_)), dtype=np.float32)
        if self.industries_:
            for centres, places in zip(self.centres_, self.places_, strict=True):
                found += similarities(X, centres)[:, places] / len(DEPTHS)
        return found


def cut(industry: Industry, depth: int) -> Industry:
    """The group an industry is in when its code is cut to so many characters."""
    return Industry(industry.standard, industry.code[:depth])


def _centres(
    rows: Any, members: Sequence[Sequence[Industry]], *, number: dict[Industry, int], depth: int
) -> Any:
    """The mean direction of the rows in each group, groups x terms."""
    belongs = [sorted({number[cut(industry, depth)] for industry in row}) for row in members]
    ends = np.cumsum([0, *map(len, belongs)])
    columns = [column for row in belongs for column in row]
    ones = np.ones(len(columns), dtype=np.float32)
    membership = sparse.csr_matrix((ones, columns, ends), shape=(len(belongs), len(number)))
    return unit_rows(membership.T.tocsr() @ rows)


def best_of_each(found: Any, held: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Per company the best figure among its industries, and which; 0 and -1 for a company without.

    ``found`` is needs x industries, ``held`` the numbers of the industries each company holds.
    """
    width = max(map(len, held), default=0) or 1
    numbers = np.full((len(held), width), -1)
    for place, row in enumerate(held):
        numbers[place, : len(row)] = row
    padded = np.hstack([found, np.zeros((found.shape[0], 1), dtype=found.dtype)])
    best, which = padded[:, numbers[:, 0]], np.broadcast_to(numbers[:, 0], (found.shape[0], len(held))).copy()
    for column in numbers.T[1:]:
        better = (padded[:, column] > best) & (column >= 0)
        best, which = np.where(better, padded[:, column], best), np.where(better, column, which)
    return best, which
