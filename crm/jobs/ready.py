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
from crm.jobs.footprint import code_version
from crm.matches import past
from crm.matches import queries as matches
from crm.matchmaker.profiles import NeedProfile
from crm.matchmaker.ranking import kept_matchmaker
from crm.matchmaker.ranking.kept_matchmaker import KeptMatchmaker
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
    once it has stood twenty times longer than reading takes. What took long is kept in the instance folder,
    and opened from there at the next start.
    """

    def __init__(self, database: Database, instance: Path | None, *, quick: float = 0.7) -> None:
        self._database, self._instance, self._quick = database, instance, quick
        self._reading = threading.Lock()
        self._kept: _Kept | None = None

    def matchmaker(self, *, top: int, now: datetime) -> Matchmaker:
        """A fitted matchmaker of one's own that gives ``top`` companies."""
        kept = self._kept
        if kept is None or self._outdated(kept):
            with self._reading:
                kept = self._kept or self._opened()
                if kept is None or self._outdated(kept):
                    kept = self._read(now)
        mine = copy.copy(kept.matchmaker)
        mine.top = top
        return mine

    def refresh(self, *, now: datetime) -> bool:
        """Read anew where something changed and reading is worth its time; whether it was done.

        Searches go on with what was read before.
        """
        with self._reading:
            kept, state = self._kept or self._opened(), self._state()
            if kept is not None and not _worth_it(kept, state):
                return False
            self._read(now)
        return True

    def _outdated(self, kept: _Kept) -> bool:
        """Whether it is of another state, and reading anew is not to be waited for."""
        return kept.took < self._quick and self._state() != kept.state

    def _read(self, now: datetime) -> _Kept:
        started, state = time.monotonic(), self._state()
        matchmaker = self._fitted(now)
        ended = time.monotonic()
        kept = _Kept(matchmaker, state, took=ended - started, made=ended)
        _log.info("%s companies are ready to be ranked, in %.1f s", len(matchmaker.companies_), kept.took)
        self._kept = kept
        if self._instance and kept.took >= self._quick and self._keep(kept, self._instance):
            return self._opened() or kept
        return kept

    def _fitted(self, now: datetime) -> Matchmaker:
        gathered = gather(self._database, today=now.astimezone(clock.OSLO).date())
        learned = training.in_use(self._instance) if self._instance else None
        matchmaker: Matchmaker = Matchmaker(register=learned).set_params(**self._settings())
        matchmaker.fit(gathered.companies, gathered.verdicts, needs=gathered.needs)
        if self._instance:
            training.weigh(matchmaker, self._instance)
        _warm(matchmaker)
        return matchmaker

    def _keep(self, kept: _Kept, instance: Path) -> bool:
        """Put what was read on disk, mapped from where it takes less memory, too; whether that was done."""
        facts = {"state": _plain(kept.state), "took": kept.took, "code": code_version()}
        try:
            kept_matchmaker.keep(_folder_in(instance), kept.matchmaker, facts)
        except (OSError, TypeError):
            _log.exception("what is ready to be ranked could not be kept; after a start it is read anew")
            return False
        return True

    def _opened(self) -> _Kept | None:
        """What was kept last by the same program, from now on in use."""
        if self._instance is None:
            return None
        register = training.in_use(self._instance)
        found = KeptMatchmaker.newest(_folder_in(self._instance), register=register, code=code_version())
        if found is None:
            return None
        state = _State(found.facts["state"][0], tuple(found.facts["state"][1]))
        kept = _Kept(found.matchmaker, state, took=found.facts["took"], made=time.monotonic())
        _log.info("%s companies are ready to be ranked, as they were kept", len(found.matchmaker.companies_))
        _warm(found.matchmaker)
        self._kept = kept
        return kept

    def _settings(self) -> dict[str, float]:
        """How much each signal counts, where somebody changed it."""
        with self._database.Read() as session:
            asked = rules.rule_set(session)
        return settings_of(asked.weights) if asked else {}

    def _state(self) -> _State:
        with self._database.Read() as session:
            asked = rules.rule_set(session)
            answered = matches.count_answers(session), past.count_meetings(session)
            ours = (*companies.state(session), *answered, asked.version if asked else 0)
            return _State(_register(session), ours)


def _warm(matchmaker: Matchmaker) -> None:
    """Rank once, so that no need waits for what is compiled or fetched from the disk the first time."""
    matchmaker.rank([NeedProfile(key="", text="vaktmester til kontor")])


def _folder_in(instance: Path) -> Path:
    return instance / "models" / "ready"


def _plain(state: _State) -> list[object]:
    """A state as JSON holds it."""
    return [state.register, list(state.ours)]


def _worth_it(kept: _Kept, state: _State) -> bool:
    if kept.state.register != state.register:
        return True
    return kept.state != state and time.monotonic() - kept.made > _PATIENCE * kept.took


def _register(session: Session) -> str:
    load = registry.last_load(session)
    return load.finished_at.isoformat() if load and load.finished_at else ""
