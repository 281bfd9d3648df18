"""All companies of the fitted signals, laid out in blocks and ranked by the whole score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crm.matchmaker.index.field import Field, Weighed
from crm.matchmaker.index.hands import each_part
from crm.matchmaker.index.postings import Asked, sealed
from crm.matchmaker.kinds import first_of_each, kinds_of
from crm.matchmaker.language.text_rows import TextRows, holders_of, in_order
from crm.matchmaker.profiles import NeedProfile
from crm.matchmaker.ranking.readings import HALF_TEXT, Signals

_BLOCK = 1 << 10
_LEADING, _NEAR = "industry", "place"
# So much memory the tables of a batch of needs may take, in bytes.
_TABLES = 1 << 26
# Of a signal with more kinds than this, neighbouring ones are taken together where a bound is asked for.
_GROUPS = 64

Kinds = Mapping[str, Any]


@dataclass(frozen=True)
class Blocks:
    """The companies in a ``Field``, and the signals of the first company of each kind."""

    signals: Signals
    field: Field
    names: tuple[str, ...]
    heads: Signals
    first_limits: Any
    block: int

    @classmethod
    def of(cls, signals: Signals, names: Sequence[str], *, block: int = _BLOCK) -> Self:
        """Lay out the companies, for weights of these names, the text's among them.

        The signals' own texts are from then on those laid out, so that they are held but once.
        """
        kinds = {name: kinds_of(each) for name, each in signals.kinds().items()}
        first, groups = _first(signals, names, kinds)
        rank = _rank(signals.held_, first[_LEADING])[kinds[_LEADING]]
        others = [groups[name][kinds[name]] for name in reversed(groups) if name != _LEADING]
        order = np.lexsort([*others, rank])
        texts = in_order(signals.rows_.texts, signals.rows_.places[order])
        signals.rows_ = TextRows(texts, np.argsort(order))
        return cls._laid_out(signals, names, kinds, order=order, like=block)

    def told_anew(self, signals: Signals) -> Self:
        """The same companies in the same order, with what other verdicts say of them."""
        kinds = {name: kinds_of(each) for name, each in signals.kinds().items()}
        return self._laid_out(signals, self.names, kinds, order=self.field.place, like=self)

    @classmethod
    def _laid_out(
        cls,
        signals: Signals,
        names: Sequence[str],
        kinds: Mapping[str, Any],
        *,
        order: Any,
        like: Blocks | int,
    ) -> Self:
        """Blocks of companies in an order; ``like`` others of the same texts, or of so many rows."""
        block = like.block if isinstance(like, Blocks) else like
        texts = signals.rows_.texts
        first, groups = _first(signals, names, kinds)
        limits = kinds_of(signals.constraints_.kinds(), kinds["place"])
        runs, opens = _runs(kinds[_LEADING][order], block)
        spans, present = _present([groups[name][kinds[name]][order] for name in groups], block)
        joined, parts = _joined(kinds, groups)
        field = Field(
            texts=texts,
            holders=like.field.holders if isinstance(like, Blocks) else holders_of(texts),
            place=sealed(np.asarray(order, dtype=np.int32)),
            kinds=sealed(np.array([kinds[name][order] for name in groups], dtype=np.int32)),
            limits=sealed(limits[order].astype(np.int32)),
            edges=sealed(np.array([*range(0, len(order), block), len(order)])),
            runs=sealed(runs),
            opens=sealed(opens),
            begins=sealed(np.cumsum([0, *(len(each) for each in groups.values())])),
            group=sealed(np.concatenate([*groups.values()]).astype(np.int32)),
            spans=sealed(spans),
            present=sealed(present.astype(np.int32)),
            joined=sealed(joined[order].astype(np.int32)),
            parts=sealed(parts.astype(np.int32)),
        )
        return cls(signals, field, tuple(names), signals.heads(first), first_of_each(limits), block)

    def best(
        self, needs: Sequence[NeedProfile], weights: Mapping[str, float], bias: float, *, top: int
    ) -> list[Any]:
        """The columns of the best companies of each need, best first; equal scores stand by column."""
        width = int(self.field.begins[-1])
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
        tables = self.heads.tables(needs, asked)
        tabled = [name for name in self.names if name != "text"]
        limited, may = self._limits(needs)
        refused = [self.signals.history_.refused_.get(need.key, []) for need in needs]
        return Weighed(
            needs=Asked.of(asked),
            tables=np.hstack([weights[name] * tables[name].astype(np.float64) for name in tabled]),
            text_at=self.names.index("text"),
            text=(np.float64(weights["text"]), np.float32(HALF_TEXT)),
            lead=tabled.index(_LEADING),
            near=tabled.index(_NEAR),
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


def _first(
    signals: Signals, names: Sequence[str], kinds: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """For each signal but the text's the first company of each kind, and the group each kind is in."""
    first = {name: first_of_each(kinds[name]) for name in names if name != "text"}
    return first, {name: _groups(signals, name, first[name]) for name in first}


def _joined(kinds: Mapping[str, Any], groups: Mapping[str, Any]) -> tuple[Any, Any]:
    """What there is of kinds of all signals but the leading and the near one, together; joined x signals."""
    joined = kinds_of(*(kinds[name] for name in groups if name not in {_LEADING, _NEAR}))
    firsts = first_of_each(joined)
    return joined, np.array([kinds[name][firsts] for name in groups]).T.reshape(len(firsts), len(groups))


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
