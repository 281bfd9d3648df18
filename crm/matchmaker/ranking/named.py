"""Named companies for needs, wherever on a list they would stand: ranked with reasons, or just scored."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from crm.matchmaker.profiles import CompanyProfile, NeedProfile, RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker, ranked_pair
from crm.matchmaker.ranking.reasons import Explainer, Pair


@dataclass(frozen=True, slots=True)
class Scored:
    """How sure a pair is, and what the bias and each signal add to its score."""

    probability: float
    parts: dict[str, float]


def rank_named(matchmaker: Matchmaker, need: NeedProfile, companies: Collection[str]) -> list[RankedCompany]:
    """The companies with these keys, best first, ranked among themselves; unknown keys are left out.

    What the need demands and what was refused before is not looked at: who asks has named them.
    """
    explainer, pairs = _read(matchmaker, [need], {need.key: companies})
    scores = {pair.column: _score(matchmaker, explainer, pair) for pair in pairs}
    pairs.sort(key=lambda pair: (-scores[pair.column], pair.column))
    return [
        ranked_pair(pair, explainer, rank=rank, bias=matchmaker.bias_, score=scores[pair.column])
        for rank, pair in enumerate(pairs, start=1)
    ]


def score_named(
    matchmaker: Matchmaker, needs: Sequence[NeedProfile], companies: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], Scored]:
    """By need and company the companies named for each need's key, without looking for reasons."""
    asked = [need for need in needs if need.key in companies]
    explainer, pairs = _read(matchmaker, asked, companies)
    return {
        (pair.need.key, pair.company.key): Scored(
            float(expit(_score(matchmaker, explainer, pair))), explainer.parts(pair, bias=matchmaker.bias_)
        )
        for pair in pairs
    }


def _read(
    matchmaker: Matchmaker, needs: Sequence[NeedProfile], companies: Mapping[str, Collection[str]]
) -> tuple[Explainer, list[Pair]]:
    """What is read of the named companies alone; a pair's column is its place among them."""
    wanted = {key for need in needs for key in companies[need.key]}
    columns = sorted(_columns(matchmaker.companies_, wanted))
    signals = matchmaker.signals_.at(np.array(columns, dtype=int))
    explainer = Explainer(signals, signals.read(needs), matchmaker.weights_)
    known = [matchmaker.companies_[column] for column in columns]
    pairs = [
        Pair(need=need, company=company, row=row, column=place)
        for row, need in enumerate(needs)
        for place, company in enumerate(known)
        if company.key in companies[need.key]
    ]
    return explainer, pairs


def _columns(companies: Sequence[CompanyProfile], wanted: Iterable[str]) -> Iterable[int]:
    """Where the companies with these keys stand among all, who stand by key."""
    for key in wanted:
        column = bisect_left(companies, key, key=lambda company: company.key)
        if column < len(companies) and companies[column].key == key:
            yield column


def _score(matchmaker: Matchmaker, explainer: Explainer, pair: Pair) -> float:
    return float(matchmaker.bias_ + explainer.reading.total(pair.row, explainer.weights)[pair.column])
