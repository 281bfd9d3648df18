"""What past verdicts say of other pairs: of companies alike, for needs alike, and hardly of anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.kinds import picked
from crm.matchmaker.language.texts import similarities

# How alike two companies are by the longest beginning their industry codes share.
_KINSHIP = ((4, 0.25), (5, 0.5), (6, 1.0))
_TELLING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Verdicts on the needs of some rows: which row, which company, 1 for yes, what was expected (0..1)."""

    needs: Any
    companies: Any
    answers: Any
    expected: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Trades:
    """The industries there are, and the numbers of those each company holds."""

    industries: Sequence[Industry]
    held: Sequence[Sequence[int]]


class AlikeVerdicts(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """From -1, alike needs refused alike companies against expectation, to 1, they took them.

    Needs are alike as the square of the cosine of their texts, companies by their industry. A verdict says
    as much as it surprised: a no to a company that was near certain much, a yes to it little. ``doubt`` such
    verdicts are imagined to have come out as expected, so a yes never lowers and a no never raises a figure.
    """

    def __init__(self, *, doubt: float = 2.0) -> None:
        self.doubt = doubt

    def fit(self, X: Any, y: Judged, trades: Trades) -> Self:  # noqa: N803  (scikit-learn's names)
        """Learn from the judged needs' rows of a ``TextSpace`` and the verdicts on them."""
        self.rows_, self.judged_ = X, y
        surprise = np.asarray(y.answers, dtype=np.float32) - np.asarray(y.expected, dtype=np.float32)
        self.membership_ = _membership(trades)
        self.kinship_ = (self.membership_[y.companies] != 0).astype(np.float32) @ _kinship(trades.industries)
        self.kinship_ = np.minimum(self.kinship_, 1)
        self.leaning_, self.heard_ = np.zeros((2, X.shape[0], len(trades.industries)), dtype=np.float32)
        np.add.at(self.leaning_, y.needs, surprise[:, None] * self.kinship_)
        np.add.at(self.heard_, y.needs, self.kinship_)
        shape = (X.shape[0], len(trades.held))
        self.own_leaning_ = sparse.csr_matrix((surprise, (y.needs, y.companies)), shape=shape)
        self.own_heard_ = sparse.csr_matrix((np.ones_like(surprise), (y.needs, y.companies)), shape=shape)
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies; verdicts on others still speak for and against alike ones."""
        some = picked(self, columns, "membership_")
        some.own_leaning_ = self.own_leaning_[:, columns]
        some.own_heard_ = self.own_heard_[:, columns]
        local = np.full(self.membership_.shape[0], -1)
        local[columns] = np.arange(len(columns))
        some.judged_ = replace(self.judged_, companies=local[np.asarray(self.judged_.companies, dtype=int)])
        return some

    def kinds(self) -> Any:
        """0 for every company without a verdict of its own, a number of its own for each with one."""
        touched = np.unique(self.judged_.companies)
        kinds = np.zeros(self.membership_.shape[0], dtype=np.int64)
        kinds[touched] = np.arange(1, len(touched) + 1)
        return kinds

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Needs x companies, from the needs' rows of the same space."""
        check_is_fitted(self, "leaning_")
        alike = self.alike(X)
        by_industry = alike @ self.leaning_ / (alike @ self.heard_ + self.doubt)
        told = np.ascontiguousarray((self.membership_ @ by_industry.T).T)
        touched = np.unique(self.judged_.companies)
        touched = touched[touched >= 0]
        own = self.own_leaning_[:, touched].T @ alike.T, self.own_heard_[:, touched].T @ alike.T
        told[:, touched] += (own[0] / (own[1] + self.doubt)).T
        return np.clip(told, -1, 1)

    def alike(self, X: Any) -> Any:  # noqa: N803
        """How alike each need is to each judged one, from 0 to 1."""
        return similarities(X, self.rows_) ** 2

    def counts(self, X: Any, column: int) -> tuple[int, int]:  # noqa: N803
        """How many yes and no alike needs gave companies like the one in a column, for one need's row."""
        check_is_fitted(self, "leaning_")
        kin = self.kinship_ @ (self.membership_[column].toarray()[0] > 0)
        same = np.asarray(self.judged_.companies) == column
        near = self.alike(X)[0][self.judged_.needs] >= _TELLING
        answers = np.asarray(self.judged_.answers)[near & ((kin > 0) | same)]
        return int(answers.sum()), int(len(answers) - answers.sum())


def _membership(trades: Trades) -> Any:
    """Companies x industries; each company's industries share one whole."""
    ends = np.cumsum([0, *map(len, trades.held)])
    columns = [number for row in trades.held for number in row]
    shares = np.repeat([1 / max(len(row), 1) for row in trades.held], np.diff(ends))
    shape = (len(trades.held), len(trades.industries))
    return sparse.csr_matrix((shares.astype(np.float32), columns, ends), shape=shape)


def _kinship(industries: Sequence[Industry]) -> Any:
    """How alike industries are, industries x industries."""
    kin = np.zeros((len(industries), len(industries)), dtype=np.float32)
    for depth, share in _KINSHIP:
        groups = np.unique([f"{one.standard} {one.code[:depth]}" for one in industries], return_inverse=True)
        same = groups[1][:, None] == groups[1][None, :]
        kin = np.where(same, np.float32(share), kin)
    return kin
