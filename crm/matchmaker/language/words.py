"""The word signal: TF-IDF over stems and the parts of compounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from crm.matchmaker.language.norwegian import CompoundSplitter, stem
from crm.matchmaker.language.terms import TermTfidf, WordCounts

# Words met again soon are not taken apart anew.
_REMEMBERED = 20_000


class WordTfidf(TermTfidf):
    """Words meet where they share a stem, or a part of a compound.

    Examples
    --------
    >>> signal = WordTfidf().fit(["grave", "maskiner"])
    >>> (signal.transform(["gravemaskin"]) @ signal.transform(["maskiner"]).T).nnz
    1
    """

    def __init__(self, *, split_compounds: bool = True) -> None:
        self.split_compounds = split_compounds

    def learn(self, counts: WordCounts) -> Any:
        totals = [int(total) for total in np.asarray(counts.matrix.sum(axis=0)).ravel()]
        self.splitter_ = CompoundSplitter(dict(zip(counts.seen, totals, strict=True)))
        self._read: dict[str, Sequence[str]] = {}
        return super().learn(counts)

    def terms(self, word: str) -> Sequence[str]:
        if not self.split_compounds:
            return (stem(word),)
        if word not in self._read:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[word] = (stem(word), *self.splitter_.parts(word))
        return self._read[word]
