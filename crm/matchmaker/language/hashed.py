"""Texts as rows of a space whose size does not grow with what is read: terms are hashed into buckets."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import murmurhash3_32
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.chars import CharTfidf
from crm.matchmaker.language.norwegian import stem
from crm.matchmaker.language.terms import WordCounts, count_words, unit_rows

_BLOCK = 10_000
_RUNS = CharTfidf()


class HashedSpace(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Rows of unit length: runs of letters, and stems weighing ``word_share`` of the whole.

    The same terms as ``TextSpace`` but for the parts of compounds, which runs of letters see through. What
    is learned is one figure a bucket, how rare its terms are, so that texts met later fall into the same
    space without a vocabulary.
    """

    def __init__(self, *, buckets: int = 2**20, word_share: float = 0.33) -> None:
        self.buckets = buckets
        self.word_share = word_share

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002  (scikit-learn's signature)
        return self.fit_counts(count_words(texts))

    def fit_counts(self, counts: WordCounts) -> Self:
        """As ``fit``, where the words are counted already."""
        held = np.zeros(self.buckets, dtype=np.int64)
        for kinds in self._blocks(counts):
            for terms in kinds:
                held += np.bincount(terms.indices, minlength=self.buckets)
        self.rarity_ = (np.log((1 + counts.matrix.shape[0]) / (1 + held)) + 1).astype(np.float32)
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        rows = list(self.rows(count_words(texts)))
        return sparse.vstack(rows, format="csr") if rows else self._nothing(len(texts))

    def rows(self, counts: WordCounts) -> Iterator[Any]:
        """The rows of counted texts, a block at a time."""
        check_is_fitted(self, "rarity_")
        shares = ((1 - self.word_share) ** 0.5, self.word_share**0.5)
        for kinds in self._blocks(counts):
            weighed = [self._weighed(terms) * np.float32(s) for terms, s in zip(kinds, shares, strict=True)]
            yield unit_rows((weighed[0] + weighed[1]).tocsr())

    def _weighed(self, terms: Any) -> Any:
        terms.data = (1 + np.log(terms.data)) * self.rarity_[terms.indices]
        return unit_rows(terms)

    def _blocks(self, counts: WordCounts) -> Iterator[tuple[Any, Any]]:
        runs = self._expansion(counts.seen, _runs)
        stems = self._expansion(counts.seen, _stem)
        for start in range(0, counts.matrix.shape[0], _BLOCK):
            block = counts.matrix[start : start + _BLOCK]
            yield (block @ runs).tocsr(), (block @ stems).tocsr()

    def _expansion(self, seen: Sequence[str], terms: Callable[[str], Sequence[int]]) -> Any:
        """A matrix words x buckets with how often a word falls into a bucket."""
        columns, ends = array("i"), array("q", [0])
        for word in seen:
            columns.extend(number % self.buckets for number in terms(word))
            ends.append(len(columns))
        found = np.frombuffer(columns, dtype=np.int32) if columns else np.empty(0, dtype=np.int32)
        ones = np.ones(len(found), dtype=np.float32)
        matrix = sparse.csr_matrix(
            (ones, found, np.frombuffer(ends, dtype=np.int64)), shape=(len(seen), self.buckets)
        )
        matrix.sum_duplicates()
        return matrix

    def _nothing(self, count: int) -> Any:
        return sparse.csr_matrix((count, self.buckets), dtype=np.float32)


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[int, ...]:
    return tuple(murmurhash3_32(run, positive=True) for run in _RUNS.terms(word))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> tuple[int, ...]:
    return (murmurhash3_32(f"{stem(word)}§", positive=True),)
