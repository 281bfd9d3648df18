"""The search for the best companies by the whole score, exact: blocks that cannot win are not looked into.

Companies lie in blocks by industry and place. For a need, the most that all signals and a text just like it
could give a block is known beforehand. A block it may matter to is fetched from memory once for many needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from crm.matchmaker.index.compiled import compiled
from crm.matchmaker.index.postings import Asked, Best, Lists, Postings, add_list, add_up, enter, sealed

# Sums in another order than the score's may differ by so little.
_SLACK = 1e-9
# A cosine is never above this, rounding and all.
_MOST_ALIKE = 1.001
# So many of its likeliest blocks are looked into for each need before all others.
_FIRST = 4


class Field(NamedTuple):
    """All companies in blocks: their texts and, for each signal in its order, the kind each is of.

    ``limits`` are kinds that constraints treat alike. Block ``b`` has the runs ``runs[b] : runs[b + 1]``,
    rows of one kind of the leading signal; ``opens`` has each run's first row. The kinds of signal ``s``
    begin at ``begins[s]`` of ``group``, which puts kinds in groups;
    block ``b`` has the groups ``present[spans[s, b] : spans[s, b + 1]]`` of it.
    """

    texts: Postings
    kinds: Any
    limits: Any
    runs: Any
    opens: Any
    begins: Any
    group: Any
    spans: Any
    present: Any

    def write(self, folder: Path) -> None:
        """Keep all as plain arrays."""
        self.texts.write(folder / "texts")
        arrays = {**self._asdict(), "places": self.texts.place, "block": np.array(self.texts.block)}
        del arrays["texts"]
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map what was written into memory."""
        kept = {path.stem: sealed(np.load(path, mmap_mode="r")) for path in folder.glob("*.npy")}
        texts = Postings.open(folder / "texts", kept.pop("places"), block=int(kept.pop("block")))
        return cls(texts=texts, **kept)


class Weighed(NamedTuple):
    """What some needs ask, weighed: ``tables`` hold each signal's part for each kind, needs x kinds of all.

    ``text_at`` is the text's place among the signals, ``text`` its weight and half, ``lead`` the number of
    the leading signal. Need ``i`` may be offered kinds of limits by row ``limited[i]`` of ``may``, all where
    that is -1, and never the companies ``refused[gone[i] : gone[i + 1]]``.
    """

    needs: Asked
    tables: Any
    text_at: int
    text: tuple[Any, Any]
    lead: int
    bias: float
    limited: Any
    may: Any
    gone: Any
    refused: Any


def best_in(field: Field, asked: Weighed, top: int) -> Best:
    """The best companies of each need, as columns; fewer where fewer may be offered."""
    best = Best.none(len(asked.needs.ends) - 1, top)
    if top and len(field.texts.place):
        terms = int(field.texts.lists.terms.max()) + 1 if len(field.texts.lists.terms) else 0
        search(field, asked, best, np.full(terms, -1, dtype=np.int64))
    return best


@compiled
def total(field: Field, asked: Weighed, need: int, row: int, text: float) -> float:
    """The score of a company for a need, its parts added in the order of the weights."""
    whole, signal = 0.0, 0
    for at in range(len(field.begins)):
        if at == asked.text_at:
            whole += text
        else:
            whole += asked.tables[need, field.begins[signal] + field.kinds[signal, row]]
            signal += 1
    return asked.bias + whole


@compiled
def barred(field: Field, asked: Weighed, need: int, row: int) -> bool:
    """Whether a company may not be offered."""
    limited = asked.limited[need]
    if limited >= 0 and not asked.may[limited, field.limits[row]]:
        return True
    for number in range(asked.gone[need], asked.gone[need + 1]):
        if asked.refused[number] == field.texts.place[row]:
            return True
    return False


@compiled
def ceilings(field: Field, asked: Weighed, need: int, most: Any) -> None:
    """Set the most each block can be given by all signals but the text and the leading one."""
    most[:] = asked.bias + _SLACK
    for signal in range(len(field.begins) - 1):
        if signal != asked.lead:
            first, last = field.begins[signal], field.begins[signal + 1]
            highest = np.full(field.group[first:last].max() + 1, -np.inf)
            for kind in range(first, last):
                highest[field.group[kind]] = max(highest[field.group[kind]], asked.tables[need, kind])
            for block in range(len(most)):
                best = -np.inf
                for number in range(field.spans[signal, block], field.spans[signal, block + 1]):
                    best = max(best, highest[field.present[number]])
                most[block] += best


@compiled
def leading(field: Field, asked: Weighed, need: int, block: int) -> float:
    """The most the leading signal gives a block."""
    best, first = -np.inf, field.begins[asked.lead]
    for run in range(field.runs[block], field.runs[block + 1]):
        best = max(best, asked.tables[need, first + field.kinds[asked.lead, field.opens[run]]])
    return best


@compiled
def least_alike(part: float, text: Any) -> Any:
    """The least cosine that gives a part of a score; 0 where any does, 2 where none can."""
    if part <= 0:
        return np.float32(0)
    if part >= text[0]:
        return np.float32(2)
    share = part / text[0]
    return np.float32(min(text[1] * share / (1 - share) * (1 - 1e-5), 2.0))


@compiled
def worst_of(best: Best, need: int) -> float:
    """What a company must reach to be among the best of a need."""
    top = best.scores.shape[1]
    return best.scores[need, top - 1] if best.filled[need] == top else -np.inf


@compiled
def may_matter(best: Best, asked: Weighed, need: int, most: float) -> bool:
    """Whether a block not looked into yet may have one of the best of a need."""
    return most > -np.inf and least_alike(worst_of(best, need) - most, asked.text) <= _MOST_ALIKE


@compiled
def search(field: Field, asked: Weighed, best: Best, slots: Any) -> None:
    """Find the best companies: first in the likeliest blocks of each need, then block by block in the rest.

    ``slots`` holds -1 for each term, and does so again when the search is over.
    """
    needs, lists = len(asked.needs.ends) - 1, field.texts.lists
    blocks = len(lists.first) - 1
    sums = np.zeros(field.texts.block, dtype=np.float32)
    rest, most = np.empty((needs, blocks)), np.empty((needs, blocks))
    for need in range(needs):
        ceilings(field, asked, need, rest[need])
        for block in range(blocks):
            most[need, block] = rest[need, block] + leading(field, asked, need, block)
        for _ in range(min(_FIRST, blocks)):
            first = int(np.argmax(most[need]))
            add_up(lists, first, asked.needs, need, sums)
            sift(field, asked, best, (need, first, rest[need, first]), sums)
            most[need, first] = -np.inf
    for block in range(blocks):
        for at in range(lists.first[block], lists.first[block + 1]):
            slots[lists.terms[at]] = at
        for need in range(needs):
            if may_matter(best, asked, need, most[need, block]):
                add_by_slots(lists, slots, asked.needs, need, sums)
                sift(field, asked, best, (need, block, rest[need, block]), sums)
        for at in range(lists.first[block], lists.first[block + 1]):
            slots[lists.terms[at]] = -1


@compiled
def add_by_slots(lists: Lists, slots: Any, needs: Asked, need: int, sums: Any) -> None:
    """As ``add_up``, where ``slots`` tell the list of each term in the block."""
    for asked in range(needs.ends[need], needs.ends[need + 1]):
        if needs.terms[asked] < len(slots) and slots[needs.terms[asked]] >= 0:
            add_list(lists, slots[needs.terms[asked]], needs.values[asked], sums)


@compiled
def sift(field: Field, asked: Weighed, best: Best, at: Any, sums: Any) -> None:
    """Enter the companies of a block that are among the best of a need, and empty the sums."""
    need, block, rest = at
    start = block * field.texts.block
    for run in range(field.runs[block], field.runs[block + 1]):
        first, last = field.opens[run], field.opens[run + 1]
        lead = rest + asked.tables[need, field.begins[asked.lead] + field.kinds[asked.lead, first]]
        worst = worst_of(best, need)
        bar = least_alike(worst - lead, asked.text)
        for row in range(first, last if bar <= _MOST_ALIKE else first):
            alike = sums[row - start]
            if alike >= bar:
                text = asked.text[0] * np.float64(alike / (alike + asked.text[1]))
                score = total(field, asked, need, row, text)
                if score >= worst and not barred(field, asked, need, row):
                    enter(best, need, score, field.texts.place[row], alike)
                    worst = worst_of(best, need)
                    bar = least_alike(worst - lead, asked.text)
    sums[:] = 0
