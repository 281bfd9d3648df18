"""TF-IDF over terms made from words: each different word is taken apart once, however often it stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.norwegian import STOP_WORDS, lowered_words


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each word stands in each text, texts x words, and the words in the order of the columns."""

    matrix: Any
    seen: list[str]


Texts = Sequence[str] | WordCounts


def count_words(texts: Texts) -> WordCounts:
    """The words of texts, counted; what is counted already stays as it is."""
    if isinstance(texts, WordCounts):
        return texts
    seen = _Seen()
    ends, numbers = array("q", [0]), array("q")
    for text in texts:
        numbers.extend(map(seen.__getitem__, lowered_words(text)))
        ends.append(len(numbers))
    return seen.counts(np.array(ends), np.array(numbers))


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

    def fit(self, texts: Texts, y: object = None) -> Self:  # noqa: ARG002  (scikit-learn's signature)
        counts = count_words(texts)
        expansions = [self.terms(word) for word in counts.seen]
        terms = sorted({term for expansion in expansions for term in expansion})
        self.vocabulary_ = {term: number for number, term in enumerate(terms)}
        self.weights_ = TfidfTransformer(sublinear_tf=True)
        if terms:
            self.weights_.fit(counts.matrix @ _expansion(expansions, self.vocabulary_))
        return self

    def transform(self, texts: Texts) -> Any:
        check_is_fitted(self, "vocabulary_")
        counts = count_words(texts)
        if not self.vocabulary_ or not counts.seen:
            return sparse.csr_matrix((counts.matrix.shape[0], len(self.vocabulary_)), dtype=np.float32)
        expanded = counts.matrix @ _expansion([self.terms(word) for word in counts.seen], self.vocabulary_)
        return self.weights_.transform(expanded, copy=False).astype(np.float32, copy=False)

    def weight(self, term: str) -> float:
        """How much a term tells, its IDF; 0 for a term not seen."""
        check_is_fitted(self, "vocabulary_")
        number = self.vocabulary_.get(term)
        return 0.0 if number is None else float(self.weights_.idf_[number])


def _expansion(expansions: Iterable[Sequence[str]], vocabulary: Mapping[str, int]) -> Any:
    """A matrix words x terms with how often a term is in a word."""
    columns: list[int] = []
    ends = [0]
    for terms in expansions:
        columns.extend(vocabulary[term] for term in terms if term in vocabulary)
        ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((ones, columns, ends), shape=(len(ends) - 1, len(vocabulary)))
