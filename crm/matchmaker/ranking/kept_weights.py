"""The weights a round let in, kept on disk as the model in use until the next round lets in others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from crm.matchmaker import model_files
from crm.matchmaker.model_files import Model
from crm.matchmaker.ranking.ranker import Matchmaker

SCHEMA = 1


class KeptWeights(NamedTuple):
    """What each signal weighs, the bias, and what there is to know of how they came about."""

    weights: dict[str, float]
    bias: float
    facts: Mapping[str, Any]

    @classmethod
    def newest(cls, folder: Path) -> Self | None:
        """The newest whole weights of a folder; None where there are none."""
        model = model_files.newest(folder, schema=SCHEMA)
        if model is None:
            return None
        figures = [float(figure) for figure in model.arrays["figures"]]
        return cls(dict(zip(model.facts["signals"], figures[:-1], strict=True)), figures[-1], model.facts)

    def fit_for(self, matchmaker: Matchmaker) -> bool:
        """Whether they were learned for the same signals with the same settings."""
        return bool(self.facts["settings"] == _settings(matchmaker))


def keep(folder: Path, matchmaker: Matchmaker, facts: Mapping[str, Any]) -> Path:
    """Make a fitted matchmaker's weights the newest of a folder; the ones before are kept beside them."""
    figures = np.array([*matchmaker.weights_.values(), matchmaker.bias_], dtype=np.float64)
    learned = {
        "signals": list(matchmaker.weights_),
        "settings": _settings(matchmaker),
        "learned": asdict(matchmaker.learned_),
    }
    return model_files.keep(folder, Model({"figures": figures}, {**learned, **facts}), schema=SCHEMA)


def _settings(matchmaker: Matchmaker) -> dict[str, float]:
    """The prior the weights were moved from; where it has changed, they are not of this model."""
    given = matchmaker.get_params(deep=False)
    return {name: float(value) for name, value in given.items() if name == "bias" or name.endswith("_weight")}
