"""The meaning signal: nearness in a space where an encoder places texts by what they mean.

Nothing needs it: without an encoder it is silent. An administrator may supply a trained one; the one here,
latent semantic analysis of the companies' own texts, was measured and is worth nothing beside the industry
bridge (``bench/match_ablation.py``), so it is not used unless asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.language.norwegian import stem, words


class Encoder(Protocol):
    """Places texts in a space; the same text always at the same place."""

    def encode(self, texts: Sequence[str]) -> Any:
        """Texts x dimensions, of any length; the cosine of two rows says how alike the texts are."""


class LatentSpace(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """An encoder by latent semantic analysis of the texts it is fitted on."""

    def __init__(self, *, dimensions: int = 64, random_state: int = 0) -> None:
        self.dimensions = dimensions
        self.random_state = random_state

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002
        self.terms_ = TfidfVectorizer(analyzer=_stems, sublinear_tf=True, dtype=np.float32)
        rows = self.terms_.fit_transform(texts)
        most = max(min(self.dimensions, min(rows.shape) - 1), 1)
        self.plane_ = TruncatedSVD(most, random_state=self.random_state).fit(rows)
        return self

    def encode(self, texts: Sequence[str]) -> Any:
        check_is_fitted(self, "plane_")
        return self.plane_.transform(self.terms_.transform(texts))


class MeaningSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The cosine of a need and a company as the encoder places them, nothing below 0; 0 without encoder."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002
        """Place the companies' texts."""
        self.count_ = len(texts)
        self.rows_ = _unit(self.encoder.encode(texts)) if self.encoder and len(texts) else None
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        some = type(self)(self.encoder)
        some.count_ = len(columns)
        some.rows_ = None if self.rows_ is None else self.rows_[columns]
        return some

    def kinds(self) -> Any:
        """One kind without an encoder, else every company its own."""
        return np.zeros(self.count_, dtype=np.int64) if self.rows_ is None else np.arange(self.count_)

    def transform(self, texts: Sequence[str]) -> Any:
        """Needs x companies, from what the needs ask for."""
        check_is_fitted(self, "count_")
        if self.rows_ is None or self.encoder is None:
            return np.broadcast_to(np.float32(0), (len(texts), self.count_))
        return np.clip(_unit(self.encoder.encode(texts)) @ self.rows_.T, 0, 1)


def _stems(text: str) -> list[str]:
    return [stem(word.written) for word in words(text)]


def _unit(rows: Any) -> Any:
    """Rows of length one; a row of zeros, or of what is no number, is zero."""
    figures = np.nan_to_num(np.asarray(rows, dtype=np.float32), posinf=0, neginf=0)
    lengths = np.linalg.norm(figures, axis=1, keepdims=True)
    return figures / np.where(lengths > 0, lengths, 1)
