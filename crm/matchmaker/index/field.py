"""Companies as the search for the best of them reads them, and needs as it is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from crm.matchmaker.index.postings import Asked, sealed
from crm.matchmaker.index.worded import Holders, Worded


class Field(NamedTuple):
    """All companies in blocks: their texts and, for each signal in its order, the kind each is of.

    ``place`` has the column of each row. ``limits`` are kinds that constraints treat alike. Block ``b`` has
    the rows from ``edges[b]`` and the runs ``runs[b] : runs[b + 1]``, rows of one kind of the leading signal;
    ``opens`` has each run's first row. The kinds of signal ``s`` begin at ``begins[s]`` of ``group``, which
    puts kinds in groups; block ``b`` has the groups ``present[spans[s, b] : spans[s, b + 1]]`` of it.
    ``joined`` numbers what there is of kinds of all but the leading signal and ``near``, together, and
    ``parts``, joined x signals, says which those are.
    """

    texts: Worded
    holders: Holders
    place: Any
    kinds: Any
    limits: Any
    edges: Any
    runs: Any
    opens: Any
    begins: Any
    group: Any
    spans: Any
    present: Any
    joined: Any
    parts: Any

    def write(self, folder: Path) -> None:
        """Keep all as plain arrays."""
        folder.mkdir(parents=True)
        for name, array in self.arrays().items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)

    def arrays(self) -> dict[str, Any]:
        """All there is, as arrays by name."""
        plain = {name: array for name, array in self._asdict().items() if name not in _NESTED}
        for name in _NESTED:
            held = getattr(self, name)._asdict()
            plain |= {f"{name}-{part}": np.asarray(array) for part, array in held.items()}
        return plain

    @classmethod
    def of(cls, arrays: Mapping[str, Any]) -> Self:
        """What ``arrays`` gave, or the same arrays mapped from a disk."""
        plain = {name: sealed(array) for name, array in arrays.items() if name in cls._fields}
        texts = {name: sealed(arrays[f"texts-{name}"]) for name in Worded._fields if name != "split"}
        holders = {name: sealed(arrays[f"holders-{name}"]) for name in Holders._fields}
        split = int(arrays["texts-split"])
        return cls(texts=Worded(split=split, **texts), holders=Holders(**holders), **plain)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map what was written into memory."""
        return cls.of({path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")})


_NESTED = ("texts", "holders")


class Weighed(NamedTuple):
    """What some needs ask, weighed: ``tables`` hold each signal's part for each kind, needs x kinds of all.

    ``text_at`` is the text's place among the signals, ``text`` its weight and half, ``lead`` and ``near`` the
    numbers of the leading signal and of the one rows lie by within its runs. Need ``i`` may be offered kinds
    of limits by row ``limited[i]`` of ``may``, all where that is -1, and never the companies
    ``refused[gone[i] : gone[i + 1]]``.
    """

    needs: Asked
    tables: Any
    text_at: int
    text: tuple[Any, Any]
    lead: int
    near: int
    bias: float
    limited: Any
    may: Any
    gone: Any
    refused: Any
