"""Ranking named companies for a need, wherever on its list they would stand."""

from __future__ import annotations

from collections.abc import Collection

from crm.matchmaker.profiles import NeedProfile, RankedCompany
from crm.matchmaker.ranker import Matchmaker, ranked_pair
from crm.matchmaker.reasons import Explainer, Pair


def rank_named(matchmaker: Matchmaker, need: NeedProfile, companies: Collection[str]) -> list[RankedCompany]:
    """The companies with these keys, best first, ranked among themselves; unknown keys are left out.

    What the need demands and what was refused before is not looked at: who asks has named them.
    """
    wanted = [place for place, known in enumerate(matchmaker.companies_) if known.key in set(companies)]
    if not wanted:
        return []
    explainer = Explainer(matchmaker.signals_, matchmaker.signals_.read([need]), matchmaker.weights_)
    scores = matchmaker.bias_ + explainer.reading.total(0, explainer.weights)
    wanted.sort(key=lambda place: (-scores[place], place))
    found = []
    for rank, column in enumerate(wanted, start=1):
        pair = Pair(need=need, company=matchmaker.companies_[column], row=0, column=column)
        found.append(
            ranked_pair(pair, explainer, rank=rank, bias=matchmaker.bias_, score=float(scores[column]))
        )
    return found
