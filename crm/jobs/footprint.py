"""What a round leaves behind so that any suggestion can be explained and repeated years later."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from crm.jobs.candidates import Gathered
from crm.matchmaker.planning.week_rules import WeekPlan, WeekRules
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.registry import queries as registry

_ROOT = Path(__file__).parents[1]
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "snowballstemmer")


def footprint(session: Session, matchmaker: Matchmaker, gathered: Gathered) -> dict[str, Any]:
    """The model's settings, the versions it ran on, the rows it saw and how fresh the mirror was."""
    load = registry.last_load(session)
    return {
        "model": {
            **matchmaker.get_params(deep=False),
            "register": _bridge(matchmaker),
            "encoder": type(matchmaker.encoder).__name__ if matchmaker.encoder else None,
        },
        "learned": _learned(matchmaker),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        "code": code_version(),
        "rows": {
            "known": gathered.known,
            "units": gathered.units,
            "needs": len(gathered.needs),
            "verdicts": len(gathered.verdicts),
            "barred": len(gathered.barred),
        },
        "register": load.finished_at.isoformat() if load and load.finished_at else None,
    }


def _bridge(matchmaker: Matchmaker) -> dict[str, Any] | None:
    """The bridge from the register that was in use: when it was made, of what, and its fingerprints."""
    facts = getattr(matchmaker.register, "facts_", None)
    return (
        {name: facts[name] for name in ("made", "data", "seen", "arrays") if name in facts} if facts else None
    )


def _learned(matchmaker: Matchmaker) -> dict[str, Any] | None:
    """What the verdicts made of the weights; nothing where there was nobody to rank."""
    if not hasattr(matchmaker, "learned_"):
        return None
    return {"weights": matchmaker.weights_, "bias": matchmaker.bias_, **asdict(matchmaker.learned_)}


def footprint_of_plan(plan: WeekPlan) -> dict[str, Any]:
    """The pairs of need and company that were drawn by lot, and the rules that gave way."""
    relaxed = [{"sentence": gave.sentence, "values": gave.values} for gave in plan.relaxed]
    return {"control": [list(key) for key in sorted(plan.control)], "relaxed": relaxed}


def footprint_of_rules(rules: WeekRules) -> dict[str, Any]:
    """What the week was asked to keep to, pairs as need and company."""
    pairs = {name: [list(key) for key in sorted(getattr(rules, name))] for name in ("must", "never")}
    return asdict(rules) | pairs


@cache
def code_version() -> str:
    """A fingerprint of the code that ranks, also where it was changed without a new version."""
    found = hashlib.blake2b(digest_size=8)
    for path in sorted(path for room in ("matchmaker", "jobs") for path in (_ROOT / room).rglob("*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
