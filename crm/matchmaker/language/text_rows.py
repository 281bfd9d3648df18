"""Rows of a text space that are kept as words and written out where they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse

from crm.matchmaker.index.postings import sealed
from crm.matchmaker.index.worded import LOGS, Holders, Worded, add_rows, spread, widths


@dataclass(frozen=True, slots=True)
class TextRows:
    """The rows of some texts, ``places`` saying where each stands in ``texts``; indexed, a CSR matrix."""

    texts: Worded
    places: Any

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.places), len(self.texts.rarity)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, some: Any) -> Any:
        """Some of the rows, as a sparse matrix with its terms ascending."""
        return written_out(self.texts, self.places[some])

    def among(self, some: Any) -> Self:
        """Some of the rows, kept as words."""
        return type(self)(self.texts, self.places[some])

    def sums(self, groups: Any) -> Any:
        """The sums of groups of rows; ``groups`` is a CSR matrix groups x rows, saying which are in each."""
        size = len(self.texts.rarity)
        summed = np.zeros(size, dtype=np.float32)
        seen, counted = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        space = (summed, counted, np.empty(size, dtype=np.int64), seen)
        columns, data, ends = [], [], [0]
        for start, stop in zip(groups.indptr[:-1], groups.indptr[1:], strict=True):
            count = add_rows(self.texts, LOGS, self.places[groups.indices[start:stop]], space)
            columns.append(seen[:count].astype(np.int32))
            data.append(summed[columns[-1]])
            summed[columns[-1]] = 0
            ends.append(ends[-1] + count)
        parts = (_joined(data, np.float32), _joined(columns, np.int32), ends)
        return sparse.csr_matrix(parts, shape=(groups.shape[0], size))


def written_out(texts: Worded, rows: Any) -> Any:
    """Rows as a CSR matrix."""
    counts = np.zeros(len(rows), dtype=np.int64)
    wanted = np.array(rows, dtype=np.int64)
    widths(texts, wanted, counts)
    ends = np.concatenate([[0], np.cumsum(counts)])
    columns, data = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1], dtype=np.float32)
    spread(texts, LOGS, wanted, (ends, columns, data))
    matrix = sparse.csr_matrix((data, columns, ends), shape=(len(rows), len(texts.rarity)))
    matrix.has_sorted_indices = True
    return matrix


def in_order(texts: Worded, order: Any) -> Worded:
    """The same texts in another order."""
    starts, sizes = texts.ends[order], np.diff(texts.ends)[order]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    taken = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], sizes)
    return texts._replace(
        ends=sealed(ends),
        words=sealed(texts.words[taken]),
        counts=sealed(texts.counts[taken]),
        scales=sealed(texts.scales[order]),
    )


def holders_of(texts: Worded) -> Holders:
    """Who stands for each term."""
    shape = (len(texts.begins) - 1, len(texts.rarity))
    by_term = sparse.csr_matrix((texts.times, texts.terms, texts.begins), shape=shape).tocsc()
    begins, words = by_term.indptr.astype(np.int64), by_term.indices.astype(np.int32)
    return Holders(sealed(begins), sealed(words), sealed(by_term.data.astype(np.uint8)))


def _joined(parts: list[Any], kind: type) -> Any:
    return np.concatenate([np.zeros(0, dtype=kind), *parts])
