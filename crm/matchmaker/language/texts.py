"""The text signal: words and spelling side by side in one space where needs and companies meet."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.chars import CharTfidf
from crm.matchmaker.language.terms import Texts, count_words
from crm.matchmaker.language.words import WordTfidf


class TextSpace(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Rows of unit length: runs of letters, and words weighing ``word_share`` of the whole."""

    def __init__(self, *, word_share: float = 0.33) -> None:
        self.word_share = word_share

    def fit(self, texts: Texts, y: object = None) -> Self:  # noqa: ARG002  (scikit-learn's signature)
        counts = count_words(texts)
        self.chars_ = CharTfidf().fit(counts)
        self.words_ = WordTfidf().fit(counts)
        return self

    def fit_transform(self, texts: Texts, y: object = None) -> Any:
        """As ``fit`` and ``transform``, reading the texts once."""
        counts = count_words(texts)
        return self.fit(counts, y).transform(counts)

    def transform(self, texts: Texts) -> Any:
        check_is_fitted(self, "words_")
        counts = count_words(texts)
        spelled = self.chars_.transform(counts) * np.float32((1 - self.word_share) ** 0.5)
        worded = self.words_.transform(counts) * np.float32(self.word_share**0.5)
        whole = unit_rows(sparse.hstack([spelled, worded], format="csr"))
        whole.sort_indices()  # so that every sum over a row runs in the same order
        return whole


def unit_rows(matrix: Any) -> Any:
    """Every row of a sparse matrix brought to length one, in place; empty rows, and no rows, stay so."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(matrix.indptr)).astype(matrix.dtype)
    return matrix


def similarities(needs: Any, rows: Any) -> Any:
    """The cosines of needs with rows of the same space, as a dense array needs x rows."""
    return np.ascontiguousarray((rows @ needs.T).toarray().T)
