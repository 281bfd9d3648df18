"""A matchmaker with other prior weights, or other verdicts, without reading the companies again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from scipy.special import expit

from crm.matchmaker.profiles import NeedProfile, PastVerdict
from crm.matchmaker.ranking.fusion import Fusion
from crm.matchmaker.ranking.learning import experience, learn
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.signals.history import History

_ENDING = "_weight"


def usual_weights() -> dict[str, float]:
    """What each signal weighs before anybody changes or answers anything."""
    given = Matchmaker().get_params(deep=False)
    return {name.removesuffix(_ENDING): value for name, value in given.items() if name.endswith(_ENDING)}


def settings_of(percents: Mapping[str, int]) -> dict[str, float]:
    """Percent of the usual weights as a matchmaker's settings; signals it does not know are left out.

    >>> settings_of({"place": 200, "moonshine": 50})
    {'place_weight': 1.0}
    """
    usual = usual_weights()
    return {name + _ENDING: usual[name] * percents[name] / 100 for name in percents if name in usual}


def reweighed(
    matchmaker: Matchmaker,
    needs: Sequence[NeedProfile],
    *,
    settings: Mapping[str, float] | None = None,
    verdicts: Iterable[PastVerdict] | None = None,
) -> Matchmaker:
    """The same companies, with other settings or verdicts, learned anew; the one given stays as it is."""
    other: Matchmaker = copy(matchmaker).set_params(**(settings or {}))
    other.signals_ = copy(matchmaker.signals_)
    other.signals_.alike_ = None
    if verdicts is not None:
        other.signals_.history_ = History().fit(other.companies_, verdicts)
    given = other.get_params(deep=False)
    prior = {name: float(given[name + _ENDING]) for name in matchmaker.weights_}
    fusion = Fusion(prior, other.bias)
    past = experience(other.signals_, needs, names=tuple(prior))
    other.learned_ = learn(fusion, past)
    other.weights_, other.bias_ = fusion.weights_, fusion.bias_
    other.signals_.hear(needs, past.against(expit(fusion.decision_function(past.signals)), needs))
    other.blocks_ = matchmaker.blocks_.told_anew(other.signals_)
    return other
