"""The matchmaker kept ready between the rounds, so that a new need has its suggestions at once."""

from __future__ import annotations

import copy
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from crm import clock
from crm.companies import queries as companies
from crm.jobs import training
from crm.jobs.candidates import gather
from crm.matches import queries as matches
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.reweighing import settings_of
from crm.registry import queries as registry
from crm.rules import queries as rules
from crm.storage.engines import Database

_log = logging.getLogger(__name__)
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class _State:
    """What a fitted matchmaker depends on: the register, our own companies, and what was answered."""

    register: str
    ours: tuple[int, ...]


@dataclass(slots=True)
class _Kept:
    matchmaker: Matchmaker
    state: _State
    took: float
    made: float


class Ready:
    """A fitted matchmaker in memory, read anew when what it knows has changed.

    What is read in less than ``quick`` seconds is read anew before a search. Where reading takes longer, a
    search is answered with what was read before, and ``refresh`` reads anew in the worker's quiet moments,
    once it has stood twenty times longer than reading takes.
    """

    def __init__(self, database: Database, instance: Path | None, *, quick: float = 0.7) -> None:
        self._database, self._instance, self._quick = database, instance, quick
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def matchmaker(self, *, top: int, now: datetime) -> Matchmaker:
        """A fitted matchmaker of one's own that gives ``top`` companies."""
        with self._lock:
            kept = self._kept
            if kept is None or (kept.took < self._quick and self._state() != kept.state):
                kept = self._read(now)
        mine = copy.copy(kept.matchmaker)
        mine.top = top
        return mine

    def refresh(self, *, now: datetime) -> bool:
        """Read anew where something changed and reading is worth its time; whether it was done."""
        with self._lock:
            kept, state = self._kept, self._state()
            if kept is not None and not _worth_it(kept, state):
                return False
            self._read(now)
        return True

    def _read(self, now: datetime) -> _Kept:
        started, state = time.monotonic(), self._state()
        gathered = gather(self._database, today=now.astimezone(clock.OSLO).date())
        learned = training.in_use(self._instance) if self._instance else None
        matchmaker: Matchmaker = Matchmaker(register=learned).set_params(**self._settings())
        matchmaker.fit(gathered.companies, gathered.verdicts, needs=gathered.needs)
        if self._instance:
            training.weigh(matchmaker, self._instance)
        ended = time.monotonic()
        self._kept = _Kept(matchmaker, state, took=ended - started, made=ended)
        _log.info("%s companies are ready to be ranked, in %.1f s", len(gathered.companies), ended - started)
        return self._kept

    def _settings(self) -> dict[str, float]:
        """How much each signal counts, where somebody changed it."""
        with self._database.Read() as session:
            asked = rules.rule_set(session)
        return settings_of(asked.weights) if asked else {}

    def _state(self) -> _State:
        with self._database.Read() as session:
            asked = rules.rule_set(session)
            ours = (*companies.state(session), matches.count_answers(session), asked.version if asked else 0)
            return _State(_register(session), ours)


def _worth_it(kept: _Kept, state: _State) -> bool:
    if kept.state.register != state.register:
        return True
    return kept.state != state and time.monotonic() - kept.made > _PATIENCE * kept.took


def _register(session: Session) -> str:
    load = registry.last_load(session)
    return load.finished_at.isoformat() if load and load.finished_at else ""
