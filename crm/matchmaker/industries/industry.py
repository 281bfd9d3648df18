"""The bridge from a text to industries, learned from how the handed companies in each describe themselves.

An industry is known by its standard and its code: 25.400 of SN2007 made weapons, that of SN2025 forges.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.index.compiled import compiled
from crm.matchmaker.index.postings import sealed
from crm.matchmaker.kinds import kinds_of_each
from crm.matchmaker.language.terms import unit_rows
from crm.matchmaker.language.text_rows import TextRows

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
            # Terms x groups: a need has few terms, and only theirs are looked at.
            self.centres_.append(centres.T.tocsr())
            self.places_.append([number[cut(industry, depth)] for industry in self.industries_])
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self, "centres_")
        found = np.zeros((X.shape[0], len(self.industries_)), dtype=np.float32)
        if self.industries_:
            for centres, places in zip(self.centres_, self.places_, strict=True):
                found += (X @ centres).toarray()[:, places] / len(DEPTHS)
        return found


def cut(industry: Industry, depth: int) -> Industry:
    """The group an industry is in when its code is cut to so many characters."""
    return Industry(industry.standard, industry.code[:depth])


def _centres(
    rows: Any, members: Sequence[Sequence[Industry]], *, number: dict[Industry, int], depth: int
) -> Any:
    """The mean direction of the rows in each group, groups x terms; the rows may be ``TextRows``."""
    inside = _membership(members, number=number, depth=depth)
    return unit_rows(rows.sums(inside) if isinstance(rows, TextRows) else (inside @ rows).tocsr())


def _membership(members: Sequence[Sequence[Industry]], *, number: dict[Industry, int], depth: int) -> Any:
    """Groups x rows, one where a row is in a group; like rows are looked at once."""
    kinds = kinds_of_each(map(tuple, members))
    first = np.unique(kinds, return_index=True)[1]
    belongs = [sorted({number[cut(industry, depth)] for industry in members[row]}) for row in first]
    sizes = np.array([len(groups) for groups in belongs], dtype=np.int64)[kinds]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    flat = np.array([group for groups in belongs for group in groups], dtype=np.int32)
    starts = np.cumsum([0, *map(len, belongs)])[kinds]
    columns = flat[np.arange(ends[-1]) + np.repeat(starts - ends[:-1], sizes)]
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((ones, columns, ends), shape=(len(members), len(number))).T.tocsr()


class Held(NamedTuple):
    """The numbers of the industries each company holds: ``numbers[ends[i] : ends[i + 1]]``."""

    ends: Any
    numbers: Any

    @classmethod
    def of(cls, held: Sequence[Sequence[int]]) -> Self:
        ends = np.cumsum([0, *map(len, held)])
        numbers = np.fromiter(chain.from_iterable(held), dtype=np.int64, count=ends[-1])
        return cls(sealed(ends), sealed(numbers))


def best_of_each(found: Any, told: Any, held: Held) -> tuple[Any, Any]:
    """Per company what is told of the best among its industries, and which; 0 and -1 for one without.

    ``found`` says how good each industry is, ``told`` what to tell of it, both needs x industries.
    """
    count = len(held.ends) - 1
    best = np.zeros((found.shape[0], count), dtype=told.dtype)
    which = np.full((found.shape[0], count), -1)
    _choose(found, told, held, (best, which))
    return best, which


@compiled
def _choose(found: Any, told: Any, held: Held, into: tuple[Any, Any]) -> None:
    best, which = into
    for need in range(len(found)):
        for company in range(len(held.ends) - 1):
            for at in range(held.ends[company], held.ends[company + 1]):
                former = which[need, company]
                if former < 0 or found[need, held.numbers[at]] > found[need, former]:
                    which[need, company] = held.numbers[at]
            if which[need, company] >= 0:
                best[need, company] = told[need, which[need, company]]
