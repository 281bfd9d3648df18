"""What the verdicts teach the fusion, and whether what was learned may be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from crm.matchmaker.profiles import NeedProfile
from crm.matchmaker.ranking.fusion import Fusion, finite_rows
from crm.matchmaker.ranking.readings import Signals
from crm.matchmaker.signals.alike import Judged

_BATCH = 32
_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of learning; the losses are those of verdicts held out in a replay, if there was one.

    The log-loss tells how surely the answers are foretold, the order's loss how surely a yes is placed
    before a no.
    """

    verdicts: int
    yes: int
    why: Literal["admitted", "too_few", "one_answer", "unmoved", "worse_in_replay"]
    log_loss_prior: float | None = None
    log_loss_learned: float | None = None
    order_loss_prior: float | None = None
    order_loss_learned: float | None = None

    @property
    def admitted(self) -> bool:
        return self.why == "admitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """The standing verdicts: their signals, verdicts x signals, their answers, and what pair each is of.

    The needs are keys, the companies the numbers of their columns.
    """

    signals: Any
    answers: Any
    needs: Any
    companies: Any

    def against(self, expected: Any, needs: Sequence[NeedProfile]) -> Judged:
        """The verdicts beside what was expected of each, by the places of the needs in a sequence."""
        place = {need.key: number for number, need in enumerate(needs)}
        rows = np.array([place[str(key)] for key in self.needs], dtype=int)
        return Judged(needs=rows, companies=self.companies, answers=self.answers, expected=expected)


def experience(signals: Signals, needs: Iterable[NeedProfile], *, names: Sequence[str]) -> Experience:
    """The verdicts given on these needs, by need and company whatever order they came in."""
    standing = signals.history_.standing_
    known = {need.key: need for need in needs if need.key in standing}
    asked = [known[key] for key in sorted(known)]
    blocks = [asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH)]
    rows = [row for block in blocks for row in _rows(signals, block, names=names)]
    given = [(need.key, *verdict) for need in asked for verdict in standing[need.key].items()]
    return Experience(
        signals=np.array(rows, dtype=float).reshape(len(rows), len(names)),
        answers=np.array([verdict == "yes" for _, _, verdict in given], dtype=int),
        needs=np.array([key for key, _, _ in given], dtype=str),
        companies=np.array([column for _, column, _ in given], dtype=int),
    )


def _rows(signals: Signals, needs: Sequence[NeedProfile], *, names: Sequence[str]) -> Iterator[list[float]]:
    """The signals of each verdict; without the history, in which the answer itself stands."""
    given = [list(signals.history_.standing_[need.key]) for need in needs]
    columns = np.unique([column for row in given for column in row])
    reading = signals.at(columns).read(needs)
    for row, judged in enumerate(given):
        for place in np.searchsorted(columns, judged):
            values = {name: float(getattr(reading, name)[row, place]) for name in names} | {"history": 0.0}
            yield [values[name] for name in names]


def learn(fusion: Fusion, past: Experience) -> Learned:
    """Fit the fusion, and take it back to its prior where held-out verdicts are foretold worse by it."""
    fusion.fit(past.signals, past.answers)
    verdicts, yes = len(past.answers), int(past.answers.sum())
    if verdicts < fusion.least:
        return Learned(verdicts=verdicts, yes=yes, why="too_few")
    if min(yes, verdicts - yes) < 2:
        fusion.forget()
        return Learned(verdicts=verdicts, yes=yes, why="one_answer")
    if not fusion.moved_:  # too many damaged signals, or no finite outcome
        return Learned(verdicts=verdicts, yes=yes, why="unmoved")
    seen = replay(fusion, past)
    if not seen.better:
        fusion.forget()
    return Learned(
        verdicts=verdicts,
        yes=yes,
        why="admitted" if seen.better else "worse_in_replay",
        log_loss_prior=seen.prior.answers,
        log_loss_learned=seen.learned.answers,
        order_loss_prior=seen.prior.order,
        order_loss_learned=seen.learned.order,
    )


class Losses(NamedTuple):
    """What a model loses on held-out verdicts: by their answers, and by their order."""

    answers: float
    order: float


class Replay(NamedTuple):
    """The losses of the prior, of the prior with nothing but its bias moved, and of all that was learned."""

    prior: Losses
    shifted: Losses
    learned: Losses

    @property
    def better(self) -> bool:
        """Whether the weights are worth it themselves: a bias moves without them, and orders nothing."""
        no_worse = self.learned.answers <= min(self.prior.answers, self.shifted.answers)
        return no_worse and self.learned.order < self.prior.order


def replay(fusion: Fusion, past: Experience) -> Replay:
    """What verdicts held out in turn are foretold with, by the prior and by what the others teach."""
    plain, pupil = clone(fusion).forget(), clone(fusion).set_params(least=0)
    shifted = clone(pupil).set_params(tau=0.0)
    answers, orders = [], []
    for taught, held in _folds(past):
        lesson = (past.signals[taught], past.answers[taught])
        models = [plain, clone(shifted).fit(*lesson), clone(pupil).fit(*lesson)]
        told = [_told(model, past.signals[held], past.answers[held]) for model in models]
        answers.append([np.logaddexp(0, odds) - given * odds for odds, given in told])
        orders.append([_order_losses(odds, given) for odds, given in told])
    rows = zip(_means(answers), _means(orders), strict=True)
    return Replay(*(Losses(*row) for row in rows))


def _means(losses: list[list[Any]]) -> list[float]:
    """The mean loss of each model over all folds; 0 where there was nothing to lose."""
    joined = np.concatenate(losses, axis=1)
    return [float(row.mean()) if len(row) else 0.0 for row in joined]


def _order_losses(odds: Any, given: Any) -> Any:
    """For each yes beside each no, how surely the yes is placed before it."""
    return np.logaddexp(0, -(odds[given == 1][:, None] - odds[given == 0][None, :])).ravel()


def _folds(past: Experience) -> Iterator[tuple[Any, Any]]:
    """Whole needs are held out where there are enough of them, else single verdicts."""
    count = min(_FOLDS, int(np.bincount(past.answers, minlength=2).min()))
    by_need = len(np.unique(past.needs)) >= 2 * _FOLDS
    splitter = (StratifiedGroupKFold if by_need else StratifiedKFold)(count, shuffle=True, random_state=0)
    for taught, held in splitter.split(past.signals, past.answers, past.needs if by_need else None):
        if len(held):
            yield taught, held


def _told(fusion: Fusion, rows: Any, answers: Any) -> tuple[Any, Any]:
    """The log-odds a model gives, and the answers."""
    figures, given = finite_rows(rows, answers)
    return fusion.decision_function(figures), given
