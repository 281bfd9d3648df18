"""A fitted matchmaker on disk, opened at once: arrays are mapped, and companies written out when shown."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple, Self

from crm.matchmaker import model_files
from crm.matchmaker.industries.register_bridge import RegisterBridge
from crm.matchmaker.model_files import Model
from crm.matchmaker.ranking.frozen import Freezer, Thawer
from crm.matchmaker.ranking.kept_profiles import KeptProfiles
from crm.matchmaker.ranking.ranker import Matchmaker

_log = logging.getLogger(__name__)
SCHEMA = 1


class KeptMatchmaker(NamedTuple):
    """A matchmaker as it was fitted, and what its keeper told of it."""

    matchmaker: Matchmaker
    facts: Mapping[str, Any]

    @classmethod
    def newest(cls, folder: Path, *, register: RegisterBridge | None = None, **told: Any) -> Self | None:
        """The one kept in a folder; None where there is none, or none of which the same is ``told``.

        The bridge from the register is not kept with it but handed over.
        """
        model = model_files.newest(folder, schema=SCHEMA)
        if model is None or any(model.facts.get(name) != value for name, value in told.items()):
            return None
        try:
            made = Thawer(model.arrays, {"register": register}).thaw(model.facts["frozen"])
        except (ValueError, KeyError, AttributeError, ImportError, TypeError) as damage:
            _log.warning("The matchmaker in %s is not used: %s", folder, damage)
            return None
        return cls(made, {name: fact for name, fact in model.facts.items() if name != "frozen"})


def keep(folder: Path, matchmaker: Matchmaker, facts: Mapping[str, Any]) -> Path:
    """Keep a fitted matchmaker in a folder, in place of the one before.

    Raises TypeError where it has an encoder that is none of ours, OSError where it cannot be written.
    """
    kept = copy(matchmaker)
    kept.companies_ = KeptProfiles.of(matchmaker.companies_)
    freezer = Freezer({"register": matchmaker.register})
    frozen = freezer.freeze(kept)
    return model_files.keep(folder, Model(freezer.arrays, {**facts, "frozen": frozen}), schema=SCHEMA, kept=1)
