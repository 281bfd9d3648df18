"""What past verdicts say of the pair and the company themselves: a refused pair is not offered again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of, picked
from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict


class History(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The share of yes over no a company got from needs, held back by ``doubt`` imagined even verdicts.

    The last verdict on a pair counts; where two have the same moment, or none, a no outweighs a yes. Only
    ``share`` of the record is told: a no for another need says little (see ``AlikeVerdicts``).
    """

    def __init__(self, *, doubt: float = 2.0, share: float = 0.02) -> None:
        self.doubt = doubt
        self.share = share

    def fit(self, companies: Sequence[CompanyProfile], y: Iterable[PastVerdict] = ()) -> Self:
        place = {company.key: number for number, company in enumerate(companies)}
        ordered = sorted(y, key=lambda verdict: (verdict.at or "", verdict.verdict == "no"))
        last = {(v.need, v.company): v.verdict for v in ordered if v.company in place}
        counts = Counter((company, verdict) for (_, company), verdict in last.items())
        self.yes_ = np.array([counts[company.key, "yes"] for company in companies], dtype=int)
        self.no_ = np.array([counts[company.key, "no"] for company in companies], dtype=int)
        self.standing_: dict[str, dict[int, str]] = {}
        for (need, company), verdict in sorted(last.items()):
            self.standing_.setdefault(need, {})[place[company]] = verdict
        self.refused_ = {
            need: [column for column, verdict in given.items() if verdict == "no"]
            for need, given in self.standing_.items()
        }
        return self

    def at(self, columns: Any) -> Self:
        """The record of some of the companies; the single verdicts are not carried along."""
        some = picked(self, columns, "yes_", "no_")
        some.standing_, some.refused_ = {}, {}
        return some

    def kinds(self) -> Any:
        """Numbers that companies share which have the same record."""
        return kinds_of(self.yes_, self.no_)

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        """From -``share``, only no, to ``share``, only yes; the same for every need."""
        check_is_fitted(self, "yes_")
        record = self.share * (self.yes_ - self.no_) / (self.yes_ + self.no_ + self.doubt)
        return np.broadcast_to(record.astype(np.float32), (len(needs), len(record)))
