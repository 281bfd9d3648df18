"""The fusion of the signals to one score: a logistic regression that leans on prior weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.optimize import Bounds, minimize
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted


class Fusion(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Weights for the signals, drawn from the prior only as far as the verdicts carry.

    A weight's distance from its prior is believed to be about ``tau`` times the prior, the bias' about
    ``bias_tau`` logits (a ridge towards the prior). No weight falls below 0, so a stronger signal never
    lowers a score; a weight whose prior is 0 is switched off and stays so, and those named in ``kept`` do
    not move. Of .02, .05 and .1 for ``tau`` the first taught most (``bench/match_learning.py``).
    Fewer than ``least`` verdicts, answers of one kind, or an outcome that is no finite improvement leave the
    prior as it is.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        bias: float = 0.0,
        *,
        tau: float = 0.02,
        bias_tau: float = 0.5,
        least: int = 20,
        kept: tuple[str, ...] = ("history",),
    ) -> None:
        self.weights = weights
        self.bias = bias
        self.tau = tau
        self.bias_tau = bias_tau
        self.least = least
        self.kept = kept

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803  (scikit-learn's names)
        """Learn from verdicts x signals, in the order of ``weights``, and answers, 1 for yes and 0 for no."""
        rows, answers = finite_rows(X, y)
        prior = np.array([*self.weights.values(), self.bias], dtype=float)
        learned = self._learn(rows, answers, prior=prior) if self._enough(answers) else prior
        self.weights_ = dict(zip(self.weights, map(float, learned[:-1]), strict=True))
        self.bias_ = float(learned[-1])
        return self

    def forget(self) -> Self:
        """Stand at the prior, as if no verdict had been given."""
        return self.fit(np.empty((0, len(self.weights))), np.empty(0))

    @property
    def moved_(self) -> bool:
        """Whether the verdicts made any difference."""
        return self.bias_ != self.bias or self.weights_ != dict(self.weights)

    def decision_function(self, X: Any) -> Any:  # noqa: N803
        """The log-odds of a yes."""
        check_is_fitted(self, "weights_")
        return self.bias_ + np.asarray(X, dtype=float) @ np.array([*self.weights_.values()])

    def _enough(self, answers: Any) -> bool:
        return len(answers) >= max(self.least, 1) and 0 < answers.sum() < len(answers)

    def _learn(self, rows: Any, answers: Any, *, prior: Any) -> Any:
        """The best point near the prior, sought in steps as large as the belief in it allows."""
        reach = self._reach()
        design = np.column_stack([rows, np.ones(len(rows))])

        def cost(steps: Any) -> tuple[float, Any]:
            odds = design @ (prior + reach * steps)
            loss = np.sum(np.logaddexp(0, odds) - answers * odds) + steps @ steps / 2
            return float(loss), reach * (design.T @ (expit(odds) - answers)) + steps

        start = np.zeros(len(prior))
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=self._bounds())
        if not np.isfinite(found.x).all() or not cost(found.x)[0] <= cost(start)[0]:
            return prior
        learned = prior + reach * found.x
        learned[:-1] = np.maximum(learned[:-1], np.minimum(prior[:-1], 0))
        return learned

    def _reach(self) -> Any:
        """How far each weight, and last the bias, is believed to stand from its prior."""
        moving = [0.0 if name in self.kept else self.tau * max(w, 0) for name, w in self.weights.items()]
        return np.array([*moving, self.bias_tau])

    def _bounds(self) -> Bounds:
        """In steps from the prior: no weight passes 0 on its way down."""
        lowest = -1 / self.tau if self.tau > 0 else 0.0
        return Bounds([*(lowest for _ in self.weights), -np.inf], np.inf)


def finite_rows(rows: Any, answers: Any) -> tuple[Any, Any]:
    """The rows, with their answers, in which every figure is a number."""
    figures, given = np.asarray(rows, dtype=float), np.asarray(answers, dtype=float)
    whole = np.isfinite(figures).all(axis=1) & np.isfinite(given)
    return figures[whole], given[whole]
