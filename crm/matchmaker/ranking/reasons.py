"""Why a company is offered for a need, and what speaks strongest against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm.matchmaker.profiles import CompanyProfile, NeedProfile, Reason
from crm.matchmaker.ranking.evidence import SharedTerm, quote, shared_terms
from crm.matchmaker.ranking.reading import Reading
from crm.matchmaker.ranking.readings import Signals
from crm.matchmaker.ranking.said import need_words, own_words

# From here up a text or an industry speaks for a company; below, against it.
_FIT = 0.4
_SAME_MUNICIPALITY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A need and a company, with the row and the column where their figures stand."""

    need: NeedProfile
    company: CompanyProfile
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Explainer:
    """Finds the reasons of a pair, given what was read and what each signal weighs; none where ``silent``."""

    signals: Signals
    reading: Reading
    weights: Mapping[str, float]
    silent: bool = False

    def reasons(self, pair: Pair) -> tuple[Reason, ...]:
        """What speaks for the company, strongest first; each contribution is a part of the score."""
        if self.silent:
            return ()
        shared = [segment for segment in pair.need.segments if segment in pair.company.segments]
        found = [
            self._text(pair),
            self._industry(pair),
            self._place(pair),
            _for("size", self._part("size", pair), employees=pair.company.employees),
            _for("segment", self._part("segment", pair), segments=shared),
            self._evidence(pair),
            _for("wishes", self._part("wishes", pair)),
            _for("meaning", self._part("meaning", pair)),
            self._history(pair, _for, "history"),
        ]
        known = [reason for reason in found if reason]
        return tuple(sorted(known, key=lambda reason: (-reason.contribution, reason.kind)))

    def against(self, pair: Pair) -> Reason | None:
        """The strongest reason against; where nothing speaks against, what is least sure."""
        if self.silent:
            return None
        found = [
            self._other_industry(pair),
            self._few_shared_words(pair),
            self._far_away(pair),
            self._small(pair),
            _against("form", self._part("form", pair), form=pair.company.form),
            _against("one_sided", self._part("wishes", pair)),
            self._history(pair, _against, "said_no_before"),
        ]
        known = [reason for reason in found if reason]
        strongest = min(known, key=lambda reason: (reason.contribution, reason.kind), default=None)
        return strongest or self._least_sure(pair)

    def parts(self, pair: Pair, *, bias: float) -> dict[str, float]:
        """What the bias and each signal add to the score of a pair; they sum to it."""
        return {"bias": bias} | {name: self._part(name, pair) for name in self.weights}

    def _part(self, name: str, pair: Pair) -> float:
        return self.weights[name] * float(getattr(self.reading, name)[pair.row, pair.column])

    def _shortfall(self, name: str, pair: Pair) -> float:
        """What the pair lacks beside one where the signal fits; negative where it does not."""
        return self._part(name, pair) - self.weights[name] * _FIT

    def _history(self, pair: Pair, told: Callable[..., Reason | None], kind: str) -> Reason | None:
        """What alike needs said of alike companies; where there are none, what others said of this one."""
        contribution = self._part("history", pair)
        if not contribution:
            return None
        yes, no = self.signals.heard_of(pair.need, pair.column)
        if yes + no:
            return told(kind, contribution, yes=yes, no=no, alike=True)
        record = self.signals.history_
        return told(kind, contribution, yes=int(record.yes_[pair.column]), no=int(record.no_[pair.column]))

    def _best_industry(self, pair: Pair) -> dict[str, object]:
        number = int(self.reading.best_industry[pair.row, pair.column])
        industry = self.signals.bridge_.industries_[number]
        return {"code": industry.code, "name": self.signals.names_.get(industry, "")}

    def _text(self, pair: Pair) -> Reason | None:
        ours, theirs = need_words(pair.need), own_words(pair.company)
        terms = shared_terms(ours, theirs, signal=self.signals.texts_.words_)
        contribution = self._part("text", pair)
        if terms and contribution > 0:
            return Reason(kind="shared_terms", contribution=contribution, values=_quoted(ours, theirs, terms))
        return _for("alike", contribution)

    def _industry(self, pair: Pair) -> Reason | None:
        if not any(pair.company.nace) or self.reading.industry[pair.row, pair.column] < _FIT:
            return None
        return _for("industry", self._part("industry", pair), **self._best_industry(pair))

    def _place(self, pair: Pair) -> Reason | None:
        near = self.reading.place[pair.row, pair.column] >= _SAME_MUNICIPALITY
        values = self._distance(pair) or {"area": "municipality" if near else "county"}
        return _for("place", self._part("place", pair), **values)

    def _evidence(self, pair: Pair) -> Reason | None:
        """The likest thing the company has done, and how much is known of in all."""
        contribution = self._part("evidence", pair)
        if contribution <= 0:
            return None
        deed = self.signals.likest_deed(pair.need, pair.column)
        count = sum(done.count for done in pair.company.evidence)
        told = {"what": deed.text, "source": deed.source} if deed else {}
        return _for("evidence", contribution, **told, count=count)

    def _distance(self, pair: Pair) -> dict[str, object]:
        kilometres = float(self.reading.kilometres[pair.row, pair.column])
        return {} if math.isnan(kilometres) else {"km": round(kilometres)}

    def _other_industry(self, pair: Pair) -> Reason | None:
        if not any(pair.company.nace):
            return None
        values = self._best_industry(pair)
        return _against("other_industry", self._shortfall("industry", pair), **values)

    def _few_shared_words(self, pair: Pair) -> Reason | None:
        return _against("few_shared_words", self._shortfall("text", pair))

    def _far_away(self, pair: Pair) -> Reason | None:
        values = self._distance(pair) or {"area": "other_county"}
        return _against("far_away", self._part("place", pair), **values)

    def _small(self, pair: Pair) -> Reason | None:
        contribution = self._part("size", pair)
        if pair.company.employees is None:
            return _against("size_unknown", contribution)
        return _against("small", contribution, employees=pair.company.employees)

    def _least_sure(self, pair: Pair) -> Reason:
        if pair.company.employees is None:
            return Reason(kind="size_unknown", contribution=0.0)
        if not any(pair.company.nace):
            return Reason(kind="industry_unknown", contribution=0.0)
        asked_where = pair.need.municipality_no or pair.need.latitude is not None
        if asked_where and not self._part("place", pair):
            return Reason(kind="place_unknown", contribution=0.0)
        return Reason(kind="industry_unsure", contribution=0.0, values=self._best_industry(pair))


def _for(kind: str, contribution: float, **values: object) -> Reason | None:
    return Reason(kind=kind, contribution=contribution, values=values) if contribution > 0 else None


def _against(kind: str, contribution: float, **values: object) -> Reason | None:
    return Reason(kind=kind, contribution=contribution, values=values) if contribution < 0 else None


def _quoted(need: str, company: str, terms: list[SharedTerm]) -> dict[str, object]:
    """The shared words as written, and a quote around the strongest from either text."""
    written = [{"need": term.need.written, "company": term.company.written} for term in terms]
    return {
        "terms": written,
        "need_quote": quote(need, terms[0].need),
        "company_quote": quote(company, terms[0].company),
    }
