"""The text signal: words and spelling side by side in one space where needs and companies meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.index.postings import sealed
from crm.matchmaker.index.worded import LOGS, Worded, frequencies, measure
from crm.matchmaker.language.chars import CharTfidf
from crm.matchmaker.language.terms import Texts, WordCounts, count_words
from crm.matchmaker.language.text_rows import TextRows
from crm.matchmaker.language.words import WordTfidf


class TextSpace(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Rows of unit length: runs of letters, and words weighing ``word_share`` of the whole."""

    def __init__(self, *, word_share: float = 0.33) -> None:
        self.word_share = word_share

    def fit(self, texts: Texts, y: object = None) -> Self:  # noqa: ARG002  (scikit-learn's signature)
        self.fit_rows(texts)
        return self

    def fit_rows(self, texts: Iterable[str] | WordCounts) -> TextRows:
        """As ``fit``; gives the rows of the texts, kept as words."""
        counts = count_words(texts)
        self.chars_, self.words_ = CharTfidf(), WordTfidf()
        expansion = sparse.hstack([self.chars_.learn(counts), self.words_.learn(counts)], format="csr")
        plain = self._plain(counts, expansion)
        held = np.zeros(expansion.shape[1], dtype=np.int64)
        frequencies(plain, held)
        runs = plain.split
        self.chars_.settle(held[:runs], counts.matrix.shape[0])
        self.words_.settle(held[runs:], counts.matrix.shape[0])
        return self._measured(plain)

    def fit_transform(self, texts: Texts, y: object = None) -> Any:  # noqa: ARG002
        """As ``fit`` and ``transform``, reading the texts once."""
        return self.fit_rows(texts)[:]

    def transform(self, texts: Texts) -> Any:
        """The rows of texts, as a CSR matrix with its terms ascending."""
        check_is_fitted(self, "words_")
        counts = count_words(texts)
        known = [self.chars_.expansion(counts.seen), self.words_.expansion(counts.seen)]
        return self._measured(self._plain(counts, sparse.hstack(known, format="csr")))[:]

    def _plain(self, counts: WordCounts, expansion: Any) -> Worded:
        """Texts whose terms are known, but not what they weigh."""
        matrix = counts.matrix
        return Worded(
            ends=sealed(matrix.indptr.astype(np.int64)),
            words=sealed(matrix.indices.astype(np.int32)),
            counts=sealed(np.minimum(matrix.data, np.iinfo(np.uint16).max).astype(np.uint16)),
            begins=sealed(expansion.indptr.astype(np.int64)),
            terms=sealed(expansion.indices.astype(np.int32)),
            times=sealed(expansion.data.astype(np.uint8)),
            rarity=sealed(np.zeros(expansion.shape[1], dtype=np.float32)),
            scales=sealed(np.zeros((matrix.shape[0], 2), dtype=np.float32)),
            split=len(self.chars_.vocabulary_),
        )

    def _measured(self, plain: Worded) -> TextRows:
        rarity = np.concatenate([self.chars_.rarity_, self.words_.rarity_])
        texts = plain._replace(rarity=sealed(rarity))
        scales = np.zeros(plain.scales.shape, dtype=np.float32)
        measure(texts, LOGS, np.array([1 - self.word_share, self.word_share]), scales)
        return TextRows(texts._replace(scales=sealed(scales)), np.arange(len(scales)))


def similarities(needs: Any, rows: Any) -> Any:
    """The cosines of needs with rows of the same space, as a dense array needs x rows."""
    written = rows[:] if isinstance(rows, TextRows) else rows
    return np.ascontiguousarray((written @ needs.T).toarray().T)
