"""An inverted index of sparse rows: for each block of rows and each term, who holds the term and how much.

What it answers is exact: a sum runs over the shared terms in their order, in single precision, as the sparse
product of the rows does it. Only the lists of terms that a need holds are read, and a block's sums stay in
the processor's own memory while they grow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from crm.matchmaker.index.compiled import compiled

# Rows are counted within their block, in two bytes; a block's sums take four bytes a row.
BLOCK = 1 << 14
# So many sums are looked at together.
STRIDE = 64
_LEAST = np.float32(np.finfo(np.float32).smallest_subnormal)


class Lists(NamedTuple):
    """The lists of all blocks as plain arrays.

    Block ``b`` has the lists from ``first[b]`` to ``first[b + 1]``; list ``j`` belongs to term ``terms[j]``,
    and the rows ``rows[starts[j] : starts[j + 1]]``, counted in their block, hold ``values`` of it.
    """

    first: Any
    terms: Any
    starts: Any
    rows: Any
    values: Any


class Asked(NamedTuple):
    """Needs as sparse rows: need ``i`` holds ``terms[ends[i] : ends[i + 1]]``, ascending, with ``values``."""

    ends: Any
    terms: Any
    values: Any

    @classmethod
    def of(cls, needs: Any) -> Self:
        """The rows of a CSR matrix."""
        ordered = needs.sorted_indices()
        return cls(ordered.indptr.astype(np.int64), ordered.indices.astype(np.uint32), single(ordered.data))

    def part(self, start: int, stop: int) -> Self:
        """Some of the needs."""
        low, high = self.ends[start], self.ends[stop]
        return type(self)(self.ends[start : stop + 1] - low, self.terms[low:high], self.values[low:high])


class Postings(NamedTuple):
    """The index of rows in blocks of ``block``, and the place of each row among all, -1 where it is gone."""

    lists: Lists
    place: Any
    block: int

    @classmethod
    def build(cls, rows: Any, place: Any = None, *, order: Any = None, block: int = BLOCK) -> Self:
        """Index the rows of a CSR matrix, in another ``order`` if given; ``place`` is theirs unless given."""
        ascending = rows if rows.has_sorted_indices else rows.sorted_indices()
        taken = np.arange(rows.shape[0]) if order is None else order
        spans = range(0, rows.shape[0], block)
        built = [_lists_of(ascending, taken[start : start + block]) for start in spans]
        places = taken if place is None else place
        return cls(_joined(built), sealed(np.array(places, dtype=np.int32)), block)

    def write(self, folder: Path) -> None:
        """Keep the lists, not the places, as one plain array a file."""
        folder.mkdir(parents=True)
        for name, array in self.lists._asdict().items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path, place: Any, *, block: int) -> Self:
        """Map what was written into memory; nothing is read before it is needed."""
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in Lists._fields]
        return cls(Lists(*map(sealed, arrays)), sealed(place), block)


class Best(NamedTuple):
    """The best rows of each need so far, needs x top: score falling, equal scores by place."""

    scores: Any
    places: Any
    texts: Any
    filled: Any

    @classmethod
    def none(cls, needs: int, top: int) -> Self:
        return cls(
            np.zeros((needs, top), dtype=np.float64),
            np.full((needs, top), -1, dtype=np.int32),
            np.zeros((needs, top), dtype=np.float32),
            np.zeros(needs, dtype=np.int64),
        )


@compiled
def enter(best: Best, need: int, score: float, place: int, text: float) -> None:
    """Put a row among the best of a need, if it is."""
    scores, places, texts = best.scores[need], best.places[need], best.texts[need]
    at = best.filled[need]
    if at == len(scores):
        at -= 1
        if score < scores[at] or (score == scores[at] and place > places[at]):
            return
    else:
        best.filled[need] += 1
    while at > 0 and (score > scores[at - 1] or (score == scores[at - 1] and place < places[at - 1])):
        scores[at], places[at], texts[at] = scores[at - 1], places[at - 1], texts[at - 1]
        at -= 1
    scores[at], places[at], texts[at] = score, place, text


@compiled
def find(ascending: Any, low: int, high: int, sought: int) -> int:
    """Where a number stands among ascending ones, or where it would stand."""
    while low < high:
        middle = (low + high) >> 1
        if ascending[middle] < sought:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def add_list(lists: Lists, at: int, value: Any, sums: Any) -> None:
    """Add a term's part to the sum of each row in its list."""
    rows = lists.rows[lists.starts[at] : lists.starts[at + 1]]
    values = lists.values[lists.starts[at] : lists.starts[at + 1]]
    for held in range(len(rows)):
        sums[rows[held]] += values[held] * value


@compiled
def add_up(lists: Lists, block: int, needs: Asked, need: int, sums: Any) -> None:
    """Add what each row of a block shares with a need to its sum."""
    at, last = lists.first[block], lists.first[block + 1]
    for asked in range(needs.ends[need], needs.ends[need + 1]):
        at = find(lists.terms, at, last, needs.terms[asked])
        if at == last:
            return
        if lists.terms[at] == needs.terms[asked]:
            add_list(lists, at, needs.values[asked], sums)


@compiled
def any_reaches(sums: Any, bar: Any) -> bool:
    """Whether any of ``STRIDE`` sums reaches a bar; without a branch, so that they are looked at together."""
    reached = np.int32(0)
    for number in range(STRIDE):
        reached |= np.int32(sums[number] >= bar)
    return bool(reached)


@compiled
def seek(part: Postings, needs: Asked, best: Best) -> None:
    """Carry the best rows of each need on over one part; a row that shares no term is never among them."""
    top = best.scores.shape[1]
    sums = np.zeros((part.block + STRIDE - 1) // STRIDE * STRIDE, dtype=np.float32)
    for block in range(len(part.lists.first) - 1 if top else 0):
        start = block * part.block
        for need in range(len(needs.ends) - 1):
            add_up(part.lists, block, needs, need, sums)
            for stride in range(0, min(part.block, len(part.place) - start), STRIDE):
                bar = np.float32(best.scores[need, top - 1]) if best.filled[need] == top else _LEAST
                if any_reaches(sums[stride : stride + STRIDE], bar):
                    for row in range(stride, stride + STRIDE):
                        if sums[row] >= bar and part.place[start + row] >= 0:
                            enter(best, need, sums[row], part.place[start + row], sums[row])
            sums[:] = 0


@compiled
def _count(ends: Any, columns: Any, taken: Any, counts: Any) -> None:
    """How many rows of a block hold each term."""
    for row in taken:
        for held in range(ends[row], ends[row + 1]):
            counts[columns[held]] += 1


@compiled
def _fill(matrix: tuple[Any, Any, Any], taken: Any, free: Any, into: Lists) -> None:
    """Put each value of a block into the list of its term, row by row; ``free`` is each list's next place."""
    ends, columns, data = matrix
    for number, row in enumerate(taken):
        for held in range(ends[row], ends[row + 1]):
            at = free[columns[held]]
            free[columns[held]] = at + 1
            into.rows[at], into.values[at] = number, data[held]


def _lists_of(rows: Any, taken: Any) -> Lists:
    counts = np.zeros(rows.shape[1], dtype=np.int64)
    _count(rows.indptr, rows.indices, taken, counts)
    free = np.cumsum(counts) - counts
    terms = np.flatnonzero(counts)
    total = int(counts.sum())
    lists = Lists(
        first=np.array([0, len(terms)]),
        terms=terms.astype(np.uint32),
        starts=np.concatenate([free[terms], [total]]),
        rows=np.empty(total, dtype=np.uint16),
        values=np.empty(total, dtype=np.float32),
    )
    _fill((rows.indptr, rows.indices, single(rows.data)), taken, free, lists)
    return lists


def _joined(blocks: list[Lists]) -> Lists:
    """The lists of blocks after each other."""
    sizes = [np.zeros(0, dtype=np.int64), *(np.diff(block.starts) for block in blocks)]
    return Lists(
        first=sealed(np.cumsum([0, *(len(block.terms) for block in blocks)])),
        terms=_after_each_other("terms", blocks, np.uint32),
        starts=sealed(np.concatenate([[0], np.cumsum(np.concatenate(sizes))])),
        rows=_after_each_other("rows", blocks, np.uint16),
        values=_after_each_other("values", blocks, np.float32),
    )


def _after_each_other(name: str, blocks: list[Lists], kind: type) -> Any:
    return sealed(np.concatenate([np.zeros(0, dtype=kind), *(getattr(block, name) for block in blocks)]))


def sealed(array: Any) -> Any:
    """An array nobody writes to, as the compiled loops expect their lists."""
    plain = np.asarray(array).view()
    plain.flags.writeable = False
    return plain


def single(data: Any) -> Any:
    """The figures in single precision, one after the other."""
    return np.ascontiguousarray(data, dtype=np.float32)
