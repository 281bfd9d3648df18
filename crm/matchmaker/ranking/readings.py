"""Every signal of a set of companies, fitted once and read for a batch of needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.industries.everyday import lines_about
from crm.matchmaker.industries.industry import Held, Industry, Told, best_of_each
from crm.matchmaker.industries.joined_bridge import JoinedBridge
from crm.matchmaker.industries.likest_line import LikestLine
from crm.matchmaker.industries.register_bridge import RegisterBridge
from crm.matchmaker.kinds import kinds_of, kinds_of_each
from crm.matchmaker.language.terms import count_words, unit_rows
from crm.matchmaker.language.texts import TextSpace, similarities
from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, PastVerdict
from crm.matchmaker.ranking.reading import Reading
from crm.matchmaker.ranking.said import (
    Read,
    asked_words,
    company_words,
    industries_of,
    industry_names,
    need_words,
    one_of_each,
    setting_words,
)
from crm.matchmaker.signals.alike import AlikeVerdicts, Judged, Trades
from crm.matchmaker.signals.constraints import Constraints
from crm.matchmaker.signals.form import FormSignal
from crm.matchmaker.signals.history import History
from crm.matchmaker.signals.meaning import Encoder, MeaningSignal
from crm.matchmaker.signals.place import PlaceSignal
from crm.matchmaker.signals.segment import SegmentSignal
from crm.matchmaker.signals.size import SizeSignal
from crm.matchmaker.signals.track_record import TrackRecord
from crm.matchmaker.signals.wishes import WishesSignal

# Cosines are squeezed into 0..1 so that twice as alike is not twice as sure; half is reached here. That of
# an industry is bent so that a faint likeness says next to nothing (powers 1, 1.5 and 2 were tried).
HALF_TEXT, HALF_INDUSTRY, BENT = 0.2, 0.14, 1.5


class Signals(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """What the matchmaker knows of its companies, and of industries from the register where it is given.

    A word of a need's setting weighs ``setting_share`` beside one that is asked for. The likest line of
    everyday words about an industry counts ``line_share`` beside the likeness to the industry as a whole.
    """

    def __init__(
        self,
        register: RegisterBridge | None = None,
        encoder: Encoder | None = None,
        *,
        setting_share: float = 0.5,
        line_share: float = 1.0,
    ) -> None:
        self.register = register
        self.encoder = encoder
        self.line_share = line_share
        self.setting_share = setting_share

    def fit(self, companies: Sequence[CompanyProfile], y: Iterable[PastVerdict] = ()) -> Self:
        registered = one_of_each(industries_of(company) for company in companies)
        told = lines_about(sorted({industry for row in set(registered) for industry in row}))
        described = Read(companies, company_words)
        self.texts_ = TextSpace()
        rows = self.texts_.fit_rows(count_words(chain(described, (words for words, _ in told))))
        self.rows_ = rows.among(slice(len(companies)))
        taught = Told(rows[len(companies) :], [about for _, about in told])
        self._fit_industries(companies, registered, told=taught)
        self.lines_ = LikestLine().fit(taught, self.bridge_.industries_)
        self.place_ = PlaceSignal().fit(companies)
        self.size_ = SizeSignal().fit(companies)
        self.segment_ = SegmentSignal().fit(companies)
        self.form_ = FormSignal().fit(companies)
        self.evidence_ = TrackRecord().fit(companies, self.texts_)
        self.wishes_ = WishesSignal().fit(companies, self.texts_)
        self.meaning_ = MeaningSignal(self.encoder).fit(described)
        self.history_ = History().fit(companies, y)
        self.alike_: AlikeVerdicts | None = None
        self.constraints_ = Constraints().fit(companies)
        return self

    def _fit_industries(
        self, companies: Sequence[CompanyProfile], registered: list[tuple[Industry, ...]], *, told: Told
    ) -> None:
        self.bridge_ = JoinedBridge(self.register).fit(self.rows_, registered, told)
        number = {industry: place for place, industry in enumerate(self.bridge_.industries_)}
        unknown = [place for place, row in enumerate(registered) if not row]
        silent = Read([companies[place] for place in unknown], company_words)
        for place, guess in zip(unknown, self.bridge_.guess(self.rows_.among(unknown), silent), strict=True):
            registered[place] = guess
        held = {row: [number[industry] for industry in row] for row in set(registered)}
        self.held_ = [held[row] for row in registered]
        self.names_ = industry_names(companies)

    def read(self, needs: Sequence[NeedProfile]) -> Reading:
        check_is_fitted(self, "held_")
        asked = self.asked_rows(needs)
        text = similarities(asked, self.rows_)
        industry, best = self._industry(needs, asked, Held.of(self.held_))
        return Reading(
            text=text / (text + HALF_TEXT),
            industry=industry,
            place=self.place_.transform(needs),
            size=self.size_.transform(needs),
            segment=self.segment_.transform(needs),
            form=self.form_.transform(needs),
            evidence=self.evidence_.transform(self.whole_rows(needs)),
            wishes=self.wishes_.transform(needs),
            meaning=self.meaning_.transform(Read(needs, asked_words)),
            history=self.told_before(needs, asked),
            best_industry=best,
            kilometres=self.place_.kilometres(needs),
        )

    def at(self, columns: Any) -> Self:
        """The same for some of the companies, by their columns; single verdicts are not carried along."""
        some = copy(self)
        some.rows_, some.held_ = self.rows_[columns], [self.held_[column] for column in columns]
        some.place_, some.size_ = self.place_.at(columns), self.size_.at(columns)
        some.segment_, some.history_ = self.segment_.at(columns), self.history_.at(columns)
        some.evidence_, some.wishes_ = self.evidence_.at(columns), self.wishes_.at(columns)
        some.meaning_, some.form_ = self.meaning_.at(columns), self.form_.at(columns)
        some.alike_ = self.alike_.at(columns) if self.alike_ else None
        some.constraints_ = self.constraints_.at(columns)
        return some

    def kinds(self) -> dict[str, Any]:
        """For each signal but the text's, numbers that companies share which stand alike to every need."""
        held = kinds_of_each(map(tuple, self.held_))
        record = self.history_.kinds()
        return {
            "industry": held,
            "place": self.place_.kinds(),
            "size": self.size_.kinds(),
            "segment": self.segment_.kinds(),
            "form": self.form_.kinds(),
            "evidence": self.evidence_.kinds(),
            "wishes": self.wishes_.kinds(),
            "meaning": self.meaning_.kinds(),
            "history": kinds_of(record, held, self.alike_.kinds()) if self.alike_ else record,
        }

    def heads(self, first: Mapping[str, Any]) -> Self:
        """The same where each signal but the text's knows some companies only: the first of each kind."""
        some = copy(self)
        some.flat_ = Held.of([self.held_[column] for column in first["industry"]])
        for name in ("place", "size", "segment", "form", "evidence", "wishes", "meaning", "history"):
            setattr(some, f"{name}_", getattr(self, f"{name}_").at(first[name]))
        some.alike_ = self.alike_.at(first["history"]) if self.alike_ else None
        return some

    def tables(self, needs: Sequence[NeedProfile], asked: Any) -> dict[str, Any]:
        """For each signal but the text's, needs x kinds, where these are the ``heads`` of kinds."""
        return {
            "industry": self._industry(needs, asked, self.flat_)[0],
            "place": self.place_.transform(needs),
            "size": self.size_.transform(needs),
            "segment": self.segment_.transform(needs),
            "form": self.form_.transform(needs),
            "evidence": self.evidence_.transform(self.whole_rows(needs)),
            "wishes": self.wishes_.transform(needs),
            "meaning": self.meaning_.transform(Read(needs, asked_words)),
            "history": self.told_before(needs, asked),
        }

    def _industry(self, needs: Sequence[NeedProfile], asked: Any, held: Held) -> tuple[Any, Any]:
        """The signal of the likeliest of the industries each company holds, and which that is."""
        probable = self._probable(needs, asked)
        bent = np.maximum(probable, 0) ** np.float32(BENT)
        return best_of_each(probable, bent / (bent + np.float32(HALF_INDUSTRY**BENT)), held)

    def _probable(self, needs: Sequence[NeedProfile], asked: Any) -> Any:
        """How much each need is like each industry, needs x industries."""
        bridged = self.bridge_.transform(asked, Read(needs, asked_words))
        return bridged + np.float32(self.line_share) * self.lines_.transform(asked)

    def asked_rows(self, needs: Sequence[NeedProfile]) -> Any:
        """The rows of what each need asks for, with its setting weighing less."""
        asked = self.texts_.transform(Read(needs, asked_words))
        setting = self.texts_.transform(Read(needs, setting_words))
        return unit_rows((asked + np.float32(self.setting_share) * setting).tocsr())

    def whole_rows(self, needs: Sequence[NeedProfile]) -> Any:
        """The rows of all each need says: what was done before is like it in its setting, too."""
        return self.texts_.transform(Read(needs, need_words))

    def hear(self, needs: Sequence[NeedProfile], judged: Judged) -> Self:
        """Take in the verdicts on some needs, whose numbers in the sequence ``judged`` gives."""
        if not len(judged.answers):
            self.alike_ = None
            return self
        rows = self.asked_rows(needs)
        trades = Trades(industries=self.bridge_.industries_, held=self.held_)
        self.alike_ = AlikeVerdicts().fit(rows, judged, trades)
        return self

    def told_before(self, needs: Sequence[NeedProfile], asked: Any) -> Any:
        record = self.history_.transform(needs)
        return record + self.alike_.transform(asked) if self.alike_ else record

    def heard_of(self, need: NeedProfile, column: int) -> tuple[int, int]:
        """How many yes and no alike needs gave companies like the one in a column."""
        return self.alike_.counts(self._once(need, self.asked_rows), column) if self.alike_ else (0, 0)

    def likest_deed(self, need: NeedProfile, column: int) -> Evidence | None:
        """What a company has done that is likest what a need asks for."""
        return self.evidence_.likest(self._once(need, self.whole_rows), column)

    def _once(self, need: NeedProfile, read: Callable[[Sequence[NeedProfile]], Any]) -> Any:
        """What a need's text comes to, read once for all its companies: they are explained in a row."""
        lately: tuple[NeedProfile | None, dict[str, Any]] = getattr(self, "_lately", (None, {}))
        last, kept = lately
        if last is not need:
            kept = {}
            self._lately = (need, kept)
        if read.__name__ not in kept:
            kept[read.__name__] = read([need])
        return kept[read.__name__]
