"""TF-IDF over terms made from words: each different word is taken apart once, however often it stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.norwegian import STOP_WORDS, lowered_words


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each word stands in each text, texts x words, and the words in the order of the columns."""

    matrix: Any
    seen: list[str]


Texts = Sequence[str] | WordCounts


def count_words(texts: Iterable[str] | WordCounts) -> WordCounts:
    """The words of texts, counted; what is counted already stays as it is."""
    if isinstance(texts, WordCounts):
        return texts
    seen = _Seen()
    ends, numbers = array("q", [0]), array("i")
    for text in texts:
        numbers.extend(map(seen.__getitem__, lowered_words(text)))
        ends.append(len(numbers))
    return seen.counts(np.array(ends), np.frombuffer(numbers or array("i"), dtype=np.int32))


class _Seen(dict[str, int]):
    """The number of each word as they turn up; -1 for stop words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = -1 if word in STOP_WORDS else len(self.words)
        if number >= 0:
            self.words[word] = number
        self[word] = number
        return number

    def counts(self, ends: Any, numbers: Any) -> WordCounts:
        """Texts x words in the order of the alphabet, given the numbers of all words text by text."""
        kept = numbers >= 0
        words = sorted(self.words)
        places = np.empty(len(words), dtype=np.int32)
        places[[self.words[word] for word in words]] = np.arange(len(words))
        ends = np.concatenate([[0], np.cumsum(kept)])[ends]
        ones = np.ones(int(ends[-1]), dtype=np.float32)
        matrix = sparse.csr_matrix((ones, places[numbers[kept]], ends), shape=(len(ends) - 1, len(words)))
        matrix.sum_duplicates()
        return WordCounts(matrix, words)


class TermTfidf(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The base of the text signals: a subclass says which terms a word stands for.

    ``fit`` and ``transform`` take texts, or the counts of their words where several signals read the same.
    ``transform`` gives rows of unit length; a text without known terms gives an empty row.
    """

    def terms(self, word: str) -> Sequence[str]:
        """The terms of one lower-case word."""
        raise NotImplementedError

    def fit(self, texts: Texts, y: object = None) -> Self:
        self.fit_transform(texts, y)
        return self

    def fit_transform(self, texts: Texts, y: object = None) -> Any:  # noqa: ARG002
        """As ``fit`` and ``transform``, taking each word apart once."""
        counts = count_words(texts)
        expanded = self._expanded(counts, self.learn(counts))
        held = np.bincount(expanded.indices, minlength=len(self.vocabulary_))
        self.settle(held, counts.matrix.shape[0])
        return self._weighed(expanded)

    def learn(self, counts: WordCounts) -> Any:
        """Learn which terms there are, not yet how rare; gives words x terms, how often each is in each."""
        met: dict[str, int] = {}
        columns, ends = array("i"), array("q", [0])
        for word in counts.seen:
            columns.extend(met.setdefault(term, len(met)) for term in self.terms(word))
            ends.append(len(columns))
        self.vocabulary_ = {term: number for number, term in enumerate(sorted(met))}
        places = np.array([self.vocabulary_[term] for term in met], dtype=np.int32)
        return _matrix(places[np.array(columns, dtype=np.int32)], ends, len(met))

    def settle(self, held: Any, texts: int) -> None:
        """Learn how rare each term is, from how many of so many texts hold it."""
        self.rarity_ = (np.log((1 + texts) / (1 + held)) + 1).astype(np.float32)

    def transform(self, texts: Texts) -> Any:
        check_is_fitted(self, "rarity_")
        counts = count_words(texts)
        return self._weighed(self._expanded(counts, self.expansion(counts.seen)))

    def expansion(self, seen: Sequence[str]) -> Any:
        """Words x terms, how often each known term is in each word."""
        return _expansion([self.terms(word) for word in seen], self.vocabulary_)

    def _expanded(self, counts: WordCounts, expansion: Any) -> Any:
        if not self.vocabulary_ or not counts.seen:
            return sparse.csr_matrix((counts.matrix.shape[0], len(self.vocabulary_)), dtype=np.float32)
        return counts.matrix @ expansion

    def _weighed(self, expanded: Any) -> Any:
        """Counts of terms made rows of length one, in place."""
        expanded.data = (1 + np.log(expanded.data)) * self.rarity_[expanded.indices]
        return unit_rows(expanded)

    def weight(self, term: str) -> float:
        """How much a term tells, its IDF; 0 for a term not seen."""
        check_is_fitted(self, "vocabulary_")
        number = self.vocabulary_.get(term)
        return 0.0 if number is None else float(self.rarity_[number])


def unit_rows(matrix: Any) -> Any:
    """Every row of a sparse matrix brought to length one, in place; empty rows, and no rows, stay so."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(matrix.indptr)).astype(matrix.dtype)
    return matrix


def _expansion(expansions: Iterable[Sequence[str]], vocabulary: Mapping[str, int]) -> Any:
    """A matrix words x terms with how often a known term is in a word."""
    columns, ends = array("i"), array("q", [0])
    for terms in expansions:
        columns.extend(vocabulary[term] for term in terms if term in vocabulary)
        ends.append(len(columns))
    return _matrix(np.array(columns, dtype=np.int32), ends, len(vocabulary))


def _matrix(columns: Any, ends: Sequence[int], terms: int) -> Any:
    """Words x terms from the terms of each word, one after the other."""
    ones = np.ones(len(columns), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, columns, np.array(ends)), shape=(len(ends) - 1, terms))
    matrix.sum_duplicates()
    return matrix
