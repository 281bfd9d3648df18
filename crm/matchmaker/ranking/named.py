"""Named companies for a need, wherever on its list they would stand: ranked with reasons, or just scored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from scipy.special import expit

from crm.matchmaker.profiles import NeedProfile, RankedCompany
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
    explainer, scores, pairs = _read(matchmaker, need, companies)
    pairs.sort(key=lambda pair: (-scores[pair.column], pair.column))
    return [
        ranked_pair(pair, explainer, rank=rank, bias=matchmaker.bias_, score=float(scores[pair.column]))
        for rank, pair in enumerate(pairs, start=1)
    ]


def score_named(matchmaker: Matchmaker, need: NeedProfile, companies: Collection[str]) -> dict[str, Scored]:
    """The companies with these keys, each with its score's parts, without looking for reasons."""
    explainer, scores, pairs = _read(matchmaker, need, companies)
    return {
        pair.company.key: Scored(
            float(expit(scores[pair.column])), explainer.parts(pair, bias=matchmaker.bias_)
        )
        for pair in pairs
    }


def _read(
    matchmaker: Matchmaker, need: NeedProfile, companies: Collection[str]
) -> tuple[Explainer, Any, list[Pair]]:
    """What is read of the named companies alone; a pair's column is its place among them."""
    wanted = set(companies)
    columns = [column for column, company in enumerate(matchmaker.companies_) if company.key in wanted]
    signals = matchmaker.signals_.at(columns)
    explainer = Explainer(signals, signals.read([need]), matchmaker.weights_)
    scores = matchmaker.bias_ + explainer.reading.total(0, explainer.weights)
    pairs = [
        Pair(need=need, company=matchmaker.companies_[column], row=0, column=place)
        for place, column in enumerate(columns)
    ]
    return explainer, scores, pairs
