"""Learning from the mirror what each industry writes, and which bridge and which weights are in use."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.errors import InvalidInput, said
from crm.jobs.footprint import code_version
from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.industries.register_bridge import Described, Lesson, RegisterBridge
from crm.matchmaker.ranking import kept_weights
from crm.matchmaker.ranking.kept_weights import KeptWeights
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.registry import queries as registry
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_NOTHING = said("Registeret har ingen enheter å lære av. Les inn en fil først (register load).")
# A code's name in Norwegian and English, beside one line of everyday words about it.
_NAME_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Trained:
    """What a bridge was learned from, and how long it took."""

    units: int
    texts: int
    industries: int
    seconds: float

    def line(self) -> str:
        """The line a script reads."""
        read = f"{self.units} units with a text, {self.texts} used, {self.industries} industries"
        return f"bridge: {read} in {self.seconds:.1f} s"


def folder_in(instance: Path) -> Path:
    """Where an instance keeps the bridges it learned."""
    return instance / "models" / "industries"


def in_use(instance: Path) -> RegisterBridge | None:
    """The newest whole bridge of an instance; None where none was learned yet."""
    return RegisterBridge.newest(folder_in(instance))


def train(database: Database, instance: Path, *, now: datetime) -> Trained:
    """Learn a bridge from the whole mirror and put it in use.

    Raises InvalidInput where no unit has both a text and an industry, OSError where it cannot be kept.
    Reads in one long reading transaction and holds some hundred megabytes whatever the mirror's size.
    """
    started = time.monotonic()
    with database.Read() as session:
        seen = _seen(session)
        sides = _Sides(codes.successors(session))
        rows = session.execute(registry.texts_with_industries())
        bridge = RegisterBridge().fit(map(sides.described, rows), _lessons(session))
    if not bridge.texts_:
        raise InvalidInput(_NOTHING)
    bridge.keep(folder_in(instance), {"made": now.isoformat(), "seen": seen})
    return Trained(bridge.units_, bridge.texts_, len(bridge.industries_), seconds=time.monotonic() - started)


def train_if_stale(database: Database, instance: Path, *, now: datetime) -> Trained | None:
    """Learn anew where the register, the code tables or the program changed since; None where nothing did.

    Whatever goes wrong is logged, and the bridge in use stays.
    """
    try:
        kept = in_use(instance)
        with database.Read() as session:
            if registry.last_load(session) is None or (kept and kept.facts_.get("seen") == _seen(session)):
                return None
        return train(database, instance, now=now)
    except Exception:  # noqa: BLE001  (no round and no load shall fail for it)
        _log.exception("no bridge could be learned from the register; the one in use stays")
        return None


def keep_weights(instance: Path, matchmaker: Matchmaker, *, week: str, now: datetime) -> None:
    """Put a round's weights in use until the next round; where they cannot be kept, those before stay."""
    facts = {"week": week, "made": now.isoformat(), "code": code_version()}
    try:
        kept_weights.keep(_weights_in(instance), matchmaker, facts)
    except OSError:
        _log.exception("the weights of round %s could not be kept; those before stay in use", week)


def weigh(matchmaker: Matchmaker, instance: Path) -> None:
    """Give a fitted matchmaker the weights in use, where they were learned with its settings."""
    kept = KeptWeights.newest(_weights_in(instance))
    if kept and kept.fit_for(matchmaker):
        matchmaker.weigh(kept.weights, kept.bias)


def _weights_in(instance: Path) -> Path:
    return instance / "models" / "weights"


def _seen(session: Session) -> dict[str, Any]:
    """What a bridge depends on: how fresh the mirror is, the code tables, and the program itself."""
    load = registry.last_load(session)
    return {
        "register": load.finished_at.isoformat() if load and load.finished_at else None,
        "codes": codes.counts(session),
        "code": code_version(),
    }


@dataclass(frozen=True, slots=True)
class _Sides:
    """Turns rows of the mirror into what the matchmaker reads, each industry in both standards if known."""

    successors: codes.Successors

    def described(self, row: Row[Any]) -> Described:
        held = [(row.industry, row.industry_name, row.industry_2025)]
        held += [(other["code"], other["name"], other["in_2025"]) for other in row.other_industries]
        industries: dict[Industry, None] = {}
        for code, _, in_2025 in held:
            industries |= dict.fromkeys(self._both(row.industry_standard or "SN2025", code, in_2025))
        text = dict.fromkeys([row.name, row.purpose, row.activity, *(name for _, name, _ in held)])
        return Described(row.orgnr, "\n".join(filter(None, text)), tuple(industries))

    def _both(self, standard: str, code: str, in_2025: str | None) -> Iterator[Industry]:
        yield Industry(standard, code)
        if standard == "SN2007" and in_2025:
            yield Industry("SN2025", in_2025)
        if standard == "SN2025":
            yield from (Industry("SN2007", old) for old in self.successors.before(code))


def _lessons(session: Session) -> Iterator[Lesson]:
    """The names of industries in both languages, as far as the tables are loaded."""
    for (standard, code), name in codes.industry_words(session).items():
        yield Lesson(name, [Industry(standard, code)], _NAME_WEIGHT)
