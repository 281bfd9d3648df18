"""The ranking: signals weighed together to a score, a probability and reasons, for each need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.industries.register_bridge import RegisterBridge
from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict, RankedCompany
from crm.matchmaker.ranking.blocks import Blocks
from crm.matchmaker.ranking.fusion import Fusion
from crm.matchmaker.ranking.learning import experience, learn
from crm.matchmaker.ranking.readings import Signals
from crm.matchmaker.ranking.reasons import Explainer, Pair
from crm.matchmaker.signals.meaning import Encoder

_BATCH = 32


class Matchmaker(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Ranks companies for needs.

    A score is a log-odds: ``bias`` plus each signal times its weight, so every reason is a part of the
    score. The weights given are prior judgement, set with the development needs at hand and rounded;
    verdicts on needs that are known when fitting move them (see ``Fusion``) and speak for or against alike
    companies where alike needs ask (see ``AlikeVerdicts``); ``weights_``, ``bias_`` and ``learned_`` tell
    what came of it. Ties break by the company's key. ``random_state`` is kept for the
    estimators that will draw; nothing here does. ``register`` is a bridge learned from the register before.

    Examples
    --------
    >>> companies = [CompanyProfile(key="a", text="Fysioterapi"), CompanyProfile(key="b", text="Graving")]
    >>> [[first, second]] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text="fysioterapeut")])
    >>> first.company, first.probability > second.probability
    ('a', True)
    """

    def __init__(  # noqa: PLR0913  (an estimator's settings are its arguments)
        self,
        top: int = 10,
        random_state: int = 0,
        *,
        bias: float = -5.6,
        text_weight: float = 1.4,
        industry_weight: float = 8.0,
        place_weight: float = 0.5,
        size_weight: float = 0.2,
        segment_weight: float = 0.4,
        form_weight: float = 1.5,
        evidence_weight: float = 1.4,
        wishes_weight: float = 3.0,
        meaning_weight: float = 1.0,
        history_weight: float = 4.0,
        register: RegisterBridge | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self.top = top
        self.random_state = random_state
        self.bias = bias
        self.text_weight = text_weight
        self.industry_weight = industry_weight
        self.place_weight = place_weight
        self.size_weight = size_weight
        self.segment_weight = segment_weight
        self.form_weight = form_weight
        self.evidence_weight = evidence_weight
        self.wishes_weight = wishes_weight
        self.meaning_weight = meaning_weight
        self.history_weight = history_weight
        self.register = register
        self.encoder = encoder

    def fit(
        self,
        companies: Iterable[CompanyProfile],
        verdicts: Iterable[PastVerdict] = (),
        *,
        needs: Iterable[NeedProfile] = (),
    ) -> Self:
        """Read the companies, and learn from the verdicts on those ``needs``."""
        self.companies_: Sequence[CompanyProfile] = sorted(companies, key=lambda company: company.key)
        self.signals_ = Signals(self.register, self.encoder).fit(self.companies_, verdicts)
        prior = self._prior()
        fusion = Fusion(prior, self.bias)
        known = list(needs)
        past = experience(self.signals_, known, names=tuple(prior))
        self.learned_ = learn(fusion, past)
        self.weights_, self.bias_ = fusion.weights_, fusion.bias_
        self.signals_.hear(known, past.against(expit(fusion.decision_function(past.signals)), known))
        self.blocks_ = Blocks.of(self.signals_, tuple(prior))
        return self

    def weigh(self, weights: Mapping[str, float], bias: float) -> Self:
        """Rank by weights let in before, whatever the verdicts taught this time."""
        self.weights_, self.bias_ = dict(weights), bias
        return self

    def rank(self, needs: Iterable[NeedProfile], *, explained: bool = True) -> list[list[RankedCompany]]:
        """The ``top`` companies for each need, best first; fewer where fewer may be offered.

        Looking for reasons takes most of the time; where nobody reads them they may be left out.
        """
        check_is_fitted(self, "signals_")
        asked = list(needs)
        best = self.blocks_.best(asked, self.weights_, self.bias_, top=self.top)
        batches = (slice(start, start + _BATCH) for start in range(0, len(asked), _BATCH))
        lists = (self._rank_batch(asked[some], best[some], explained=explained) for some in batches)
        return [ranked for batch in lists for ranked in batch]

    def _rank_batch(
        self, needs: Sequence[NeedProfile], best: Sequence[Any], *, explained: bool
    ) -> list[list[RankedCompany]]:
        """The lists of some needs, whose best companies are known; read with the figures of those alone."""
        columns = np.unique(np.concatenate(best))
        signals = self.signals_.at(columns)
        explainer = Explainer(signals, signals.read(needs), self.weights_, silent=not explained)
        return [
            self._rank_one(
                need, row, among=(columns, np.searchsorted(columns, best[row])), explainer=explainer
            )
            for row, need in enumerate(needs)
        ]

    def _prior(self) -> dict[str, float]:
        return {
            "text": self.text_weight,
            "industry": self.industry_weight,
            "place": self.place_weight,
            "size": self.size_weight,
            "segment": self.segment_weight,
            "form": self.form_weight,
            "evidence": self.evidence_weight,
            "wishes": self.wishes_weight,
            "meaning": self.meaning_weight,
            "history": self.history_weight,
        }

    def _rank_one(
        self, need: NeedProfile, row: int, *, among: tuple[Any, Any], explainer: Explainer
    ) -> list[RankedCompany]:
        """The list of a need, whose best stand at some places among the companies that were read."""
        columns, places = among
        scores = self.bias_ + explainer.reading.total(row, explainer.weights)
        ranked = []
        for rank, column in enumerate(places, start=1):
            company = self.companies_[columns[column]]
            pair = Pair(need=need, company=company, row=row, column=int(column))
            ranked.append(
                ranked_pair(pair, explainer, rank=rank, bias=self.bias_, score=float(scores[column]))
            )
        return ranked


def ranked_pair(pair: Pair, explainer: Explainer, *, rank: int, bias: float, score: float) -> RankedCompany:
    """A company at its place, with why."""
    return RankedCompany(
        need=pair.need.key,
        company=pair.company.key,
        rank=rank,
        score=score,
        probability=float(expit(score)),
        reasons=explainer.reasons(pair),
        against=explainer.against(pair),
        parts=explainer.parts(pair, bias=bias),
    )
