"""The bridge from a text to industries, learned once from a whole register and kept on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker import model_files
from crm.matchmaker.industries.everyday import lines_about
from crm.matchmaker.industries.industry import DEPTHS, Industry, cut
from crm.matchmaker.language.hashed import HashedSpace
from crm.matchmaker.language.terms import count_words, unit_rows
from crm.matchmaker.model_files import Model

SCHEMA = 1
# What a code that was never seen gets of the likeness of the broader one above it.
_BROADER = 0.8


class Described(NamedTuple):
    """A unit of the register: its key, what it writes, and the industries it is registered with."""

    key: str
    text: str
    industries: tuple[Industry, ...]


class Lesson(NamedTuple):
    """A text about industries, such as their names, and how heavily it counts among such texts."""

    text: str
    about: Sequence[Industry]
    weight: float = 1.0


class RegisterBridge(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """As ``IndustryBridge``, from any number of units in bounded memory, and for texts met later.

    ``fit`` streams the units and keeps at most ``per_industry`` of each industry, those whose keys have the
    smallest hashes: the same whatever order they come in, and mostly the same next week. Of an industry's
    mean text the ``widest`` strongest terms are kept. ``transform`` gives texts x industries asked for, and
    reads a code it never saw as the broader one above it.
    """

    def __init__(
        self, *, per_industry: int = 200, widest: int = 2000, told_share: float = 1.0, buckets: int = 2**20
    ) -> None:
        self.per_industry = per_industry
        self.widest = widest
        self.told_share = told_share
        self.buckets = buckets

    def fit(self, units: Iterable[Described], lessons: Iterable[Lesson] = ()) -> Self:
        """Learn from units, from everyday words of their industries, and from further lessons on those."""
        sample, self.units_ = _smallest_hashes(units, self.per_industry)
        known = {industry for unit in sample for industry in unit.industries}
        heard = [Lesson(words, about) for words, about in lines_about(sorted(known))]
        heard += [one._replace(about=[about for about in one.about if about in known]) for one in lessons]
        self.texts_ = len(sample)
        self._learn(sample, [lesson for lesson in heard if lesson.about], sorted(known))
        return self

    def _learn(
        self, sample: Sequence[Described], lessons: Sequence[Lesson], industries: list[Industry]
    ) -> None:
        number = {industry: place for place, industry in enumerate(industries)}
        counts = count_words([*(unit.text for unit in sample), *(lesson.text for lesson in lessons)])
        self.space_ = HashedSpace(buckets=self.buckets).fit_counts(counts)
        belongs = [[number[one] for one in unit.industries] for unit in sample]
        belongs += [[len(industries) + number[one] for one in lesson.about] for lesson in lessons]
        weights = [1.0] * len(sample) + [lesson.weight for lesson in lessons]
        held = (sparse.diags(weights, dtype=np.float32) @ _membership(belongs, 2 * len(industries))).T.tocsc()
        sums, start = sparse.csr_matrix((held.shape[0], self.buckets), dtype=np.float32), 0
        for rows in self.space_.rows(counts):
            sums = sums + held[:, start : start + rows.shape[0]] @ rows
            start += rows.shape[0]
        self._settle(industries, own=sums[: len(industries)], told=sums[len(industries) :])

    def _settle(self, industries: Sequence[Industry], *, own: Any, told: Any) -> None:
        """The terms of every group of codes, each joined with those of the broader ones above it."""
        centres: dict[Industry, Any] = {}
        for depth in DEPTHS:
            groups = sorted({cut(industry, depth) for industry in industries})
            number = {group: place for place, group in enumerate(groups)}
            inside = _membership([[number[cut(one, depth)]] for one in industries], len(groups)).T
            written, taught = (unit_rows((inside @ sums).tocsr()) for sums in (own, told))
            rows = unit_rows((written + np.float32(self.told_share) * taught).tocsr())
            centres |= {group: rows[place] for group, place in number.items() if group not in centres}
        seen = frozenset(industries)
        strongest = [
            _strongest(_joined(one, centres, exact=one in seen), self.widest) for one in sorted(centres)
        ]
        nothing = sparse.csr_matrix((0, self.buckets), dtype=np.float32)
        self.terms_ = sparse.vstack([nothing, *strongest], format="csr").T.tocsr()
        self._know(sorted(centres), seen)

    def _know(self, groups: Iterable[Industry], seen: frozenset[Industry]) -> None:
        self.industries_ = seen
        self._places = {group: place for place, group in enumerate(groups)}

    def transform(self, texts: Sequence[str], industries: Sequence[Industry]) -> Any:
        """Cosines, texts x industries; 0 where nothing is known of an industry."""
        check_is_fitted(self, "terms_")
        found = np.zeros((len(texts), len(industries)), dtype=np.float32)
        places = [self._place(industry) for industry in industries]
        known = [column for column, place in enumerate(places) if place is not None]
        if known:
            alike = (self.space_.transform(texts) @ self.terms_).toarray()
            found[:, known] = alike[:, [places[column] for column in known]]
        return found

    def _place(self, industry: Industry) -> int | None:
        groups = (cut(industry, depth) for depth in reversed(DEPTHS))
        return next((self._places[group] for group in groups if group in self._places), None)

    def __sklearn_clone__(self) -> Self:
        """Itself: what was learned from the register is handed on, not learned again."""
        return self

    def keep(self, folder: Path, facts: Mapping[str, Any]) -> Path:
        """Write the bridge as the newest of a folder, with what the caller knows of how it was made."""
        arrays = {
            "rarity": self.space_.rarity_,
            "weights": self.terms_.data,
            "columns": self.terms_.indices.astype(np.int32),
            "starts": self.terms_.indptr.astype(np.int64),
        }
        learned = {
            "parameters": self.get_params(),
            "data": {"units": self.units_, "texts": self.texts_, "industries": len(self.industries_)},
            "groups": [list(group) for group in self._places],
            "industries": sorted(list(one) for one in self.industries_),
        }
        return model_files.keep(folder, Model(arrays, {**learned, **facts}), schema=SCHEMA)

    @classmethod
    def newest(cls, folder: Path) -> Self | None:
        """The newest whole bridge of a folder; None where there is none."""
        model = model_files.newest(folder, schema=SCHEMA)
        return cls._of(model) if model else None

    @classmethod
    def _of(cls, model: Model) -> Self:
        made = cls(**model.facts["parameters"])
        made.space_ = HashedSpace(buckets=made.buckets)
        made.space_.rarity_ = model.arrays["rarity"]
        seen = frozenset(Industry(*one) for one in model.facts["industries"])
        made._know([Industry(*group) for group in model.facts["groups"]], seen)
        parts = (model.arrays["weights"], model.arrays["columns"], model.arrays["starts"])
        made.terms_ = sparse.csr_matrix(parts, shape=(made.buckets, len(made._places)))
        made.units_, made.texts_ = model.facts["data"]["units"], model.facts["data"]["texts"]
        made.facts_ = dict(model.facts)
        return made


def _smallest_hashes(units: Iterable[Described], most: int) -> tuple[list[Described], int]:
    """Of each industry the units whose keys hash smallest, by key; and how many units there were."""
    kept: dict[Industry, list[tuple[int, Described]]] = {}
    count = 0
    for unit in units:
        if not unit.industries or not unit.text:
            continue
        count += 1
        # Negative, as the heap gives up its smallest and it is the largest that shall go.
        entry = (-int.from_bytes(blake2b(unit.key.encode(), digest_size=8).digest()), unit)
        for industry in unit.industries:
            heap = kept.setdefault(industry, [])
            if len(heap) < most:
                heappush(heap, entry)
            elif entry[0] > heap[0][0]:
                heappushpop(heap, entry)
    return sorted({unit for heap in kept.values() for _, unit in heap}), count


def _membership(members: Sequence[Sequence[int]], count: int) -> Any:
    """A matrix rows x groups with one where a row belongs to a group."""
    ends = np.cumsum([0, *map(len, members)])
    columns = [column for row in members for column in row]
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(members), count))


def _joined(group: Industry, centres: Mapping[Industry, Any], *, exact: bool) -> Any:
    """The mean over the depths; a group no unit is registered with stands in for what is below it."""
    rows: list[Any] = []
    for depth in DEPTHS:
        known = exact or depth <= len(group.code)
        rows.append(centres[cut(group, depth)] if known else rows[-1] * np.float32(_BROADER))
    return sum(rows[1:], rows[0]) / np.float32(len(DEPTHS))


def _strongest(row: Any, most: int) -> Any:
    row = row.tocsr()
    if row.nnz <= most:
        return row
    chosen = np.sort(np.argpartition(-row.data, most)[:most])
    return sparse.csr_matrix((row.data[chosen], row.indices[chosen], [0, most]), shape=row.shape)
