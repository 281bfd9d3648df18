"""All companies of the fitted signals, laid out in blocks and ranked by the whole score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crm.matchmaker.index.field import Field, Weighed
from crm.matchmaker.index.hands import each_part
from crm.matchmaker.index.postings import Asked, Postings, sealed
from crm.matchmaker.kinds import first_of_each, kinds_of
from crm.matchmaker.profiles import NeedProfile
from crm.matchmaker.ranking.readings import HALF_TEXT, Signals

_BLOCK = 1 << 10
_LEADING = "industry"
# So much memory the tables of a batch of needs may take, in bytes.
_TABLES = 1 << 26
# Of a signal with more kinds than this, neighbouring ones are taken together where a bound is asked for.
_GROUPS = 64


@dataclass(frozen=True)
class Blocks:
    """The companies in a ``Field``, with the first company of each kind of each signal in ``names``."""

    signals: Signals
    field: Field
    names: tuple[str, ...]
    first: Mapping[str, Any]
    first_limits: Any

    @classmethod
    def of(cls, signals: Signals, names: Sequence[str], *, block: int = _BLOCK) -> Self:
        """Lay out the companies, for weights of these names, the text's among them."""
        kinds = {name: kinds_of(each) for name, each in signals.kinds().items()}
        tabled = [name for name in names if name != "text"]
        first = {name: first_of_each(kinds[name]) for name in tabled}
        groups = {name: _groups(signals, name, first[name]) for name in tabled}
        rank = _rank(signals.held_, first[_LEADING])[kinds[_LEADING]]
        others = [groups[name][kinds[name]] for name in reversed(tabled) if name != _LEADING]
        order = np.lexsort([*others, rank])
        limits = kinds_of(signals.constraints_.kinds(), kinds["place"])
        runs, opens = _runs(kinds[_LEADING][order], block)
        spans, present = _present([groups[name][kinds[name]][order] for name in tabled], block)
        field = Field(
            texts=Postings.build(signals.rows_, order=order, block=block),
            kinds=sealed(np.array([kinds[name][order] for name in tabled], dtype=np.int32)),
            limits=sealed(limits[order].astype(np.int32)),
            runs=sealed(runs),
            opens=sealed(opens),
            begins=sealed(np.cumsum([0, *(len(groups[name]) for name in tabled)])),
            group=sealed(np.concatenate([groups[name] for name in tabled]).astype(np.int32)),
            spans=sealed(spans),
            present=sealed(present.astype(np.int32)),
        )
        return cls(signals, field, tuple(names), first, first_of_each(limits))

    def best(
        self, needs: Sequence[NeedProfile], weights: Mapping[str, float], bias: float, *, top: int
    ) -> list[Any]:
        """The columns of the best companies of each need, best first; equal scores stand by column."""
        width = sum(map(len, self.first.values()))
        most = int(np.clip(_TABLES // (8 * max(width, 1)), 1, 256))
        parts = (
            self.weigh(needs[start : start + most], weights, bias) for start in range(0, len(needs), most)
        )
        found: list[Any] = []
        for best in each_part(self.field, parts, top):
            found += [places[:filled] for places, filled in zip(best.places, best.filled, strict=True)]
        return found

    def weigh(self, needs: Sequence[NeedProfile], weights: Mapping[str, float], bias: float) -> Weighed:
        """Read the signals of every kind of companies for some needs."""
        asked = self.signals.asked_rows(needs)
        tables = self.signals.tables(needs, asked, self.first)
        tabled = [name for name in self.names if name != "text"]
        limited, may = self._limits(needs)
        refused = [self.signals.history_.refused_.get(need.key, []) for need in needs]
        return Weighed(
            needs=Asked.of(asked),
            tables=np.hstack([weights[name] * tables[name].astype(np.float64) for name in tabled]),
            text_at=self.names.index("text"),
            text=(np.float64(weights["text"]), np.float32(HALF_TEXT)),
            lead=tabled.index(_LEADING),
            bias=bias,
            limited=limited,
            may=may,
            gone=np.cumsum([0, *map(len, refused)]),
            refused=np.array([column for row in refused for column in row], dtype=np.int32),
        )

    def _limits(self, needs: Sequence[NeedProfile]) -> tuple[Any, Any]:
        """For each need with constraints a row that says which kinds of companies may be offered."""
        limited, may = np.full(len(needs), -1), np.ones((0, len(self.first_limits)), dtype=bool)
        constraints = self.signals.constraints_.at(self.first_limits)
        place = self.signals.place_.at(self.first_limits)
        for number, need in enumerate(needs):
            if need.constraints:
                limited[number] = len(may)
                may = np.vstack([may, constraints.allowed(need, place.kilometres([need])[0])])
        return limited, may


def _rank(held: Sequence[Sequence[int]], first: Any) -> Any:
    """The place of each kind of industries, like ones together; those with several last."""
    told = [(len(held[column]) > 1, held[column]) for column in first]
    rank = np.empty(len(first), dtype=np.int64)
    rank[sorted(range(len(first)), key=told.__getitem__)] = np.arange(len(first))
    return rank


def _runs(leading: Any, block: int) -> tuple[Any, Any]:
    """Where each block's runs of one kind begin among all runs, and the first row of each run."""
    edges = [*range(0, len(leading), block), len(leading)]
    new = np.ones(len(leading), dtype=bool)
    new[1:] = leading[1:] != leading[:-1]
    new[::block] = True
    opens = np.append(np.flatnonzero(new), len(leading))
    return np.searchsorted(opens, edges), opens


def _present(grouped: Sequence[Any], block: int) -> tuple[Any, Any]:
    """For each signal the groups each block has, and where they begin, signals x blocks and the end."""
    spans, present, end = [], [np.zeros(0, dtype=np.int64)], 0
    for groups in grouped:
        within = [np.unique(groups[start : start + block]) for start in range(0, len(groups), block)]
        spans.append(end + np.cumsum([0, *map(len, within)]))
        present += within
        end = spans[-1][-1]
    return np.array(spans), np.concatenate(present)


def _groups(signals: Signals, name: str, first: Any) -> Any:
    """The group of each kind of a signal."""
    if len(first) <= _GROUPS:
        return np.arange(len(first))
    if name == "place":
        return _cells(signals.place_.points_[first])
    return np.arange(len(first)) * _GROUPS // len(first)


def _cells(points: Any) -> Any:
    """Cells of points near each other, about as many points in each; those unknown are by themselves."""
    known = ~np.isnan(points).any(axis=1)
    cells = known.astype(np.int64)
    for turn in range(int(np.log2(_GROUPS))):
        beyond = np.zeros(len(points), dtype=np.int64)
        for cell in np.unique(cells[known]):
            inside = known & (cells == cell)
            beyond[inside] = points[inside, turn % 2] > np.median(points[inside, turn % 2])
        cells = np.unique(2 * cells + beyond, return_inverse=True)[1]
    return cells
