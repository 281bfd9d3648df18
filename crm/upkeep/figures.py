"""The state of an installation in figures, for a program that draws them over time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm.exchange.models import Import, ImportState
from crm.matches import queries as matches
from crm.matches.models import MatchRun, RunState
from crm.registry import feeds
from crm.settings import Settings
from crm.storage.engines import Database
from crm.upkeep import machine, queries
from crm.upkeep.models import Duty


def look(database: Database, settings: Settings, *, now: datetime) -> dict[str, float]:
    """Name to value: seconds, bytes or counts, as the name says. What is not known is left out."""
    with database.Read() as session:
        found = dict(_work(session, now=now))
    file = machine.database_file(database)
    if settings.instance.is_dir():
        found["crm_disk_free_bytes"] = float(shutil.disk_usage(settings.instance).free)
    if file:
        found["crm_database_bytes"] = float(machine.size_of(file))
        found["crm_database_log_bytes"] = float(machine.size_of(file.with_name(f"{file.name}-wal")))
    return found


def _work(session: Session, *, now: datetime) -> Iterator[tuple[str, float]]:
    for duty in Duty:
        yield f"crm_{duty.value}_processes", _count(session, queries.alive(duty, now=now))
    yield "crm_rounds_unfinished", _count(session, matches.unfinished(now=now))
    yield "crm_rounds_failed", _count(session, select(MatchRun).where(MatchRun.state == RunState.FAILED))
    at_work = [ImportState.READING, ImportState.APPLYING, ImportState.UNDOING]
    yield "crm_imports_unfinished", _count(session, select(Import).where(Import.state.in_(at_work)))
    ages = {
        "crm_sweep_age_seconds": queries.last_swept(session),
        "crm_round_age_seconds": _finished(matches.last_done(session)),
        "crm_backup_age_seconds": _finished(queries.last_backup(session)),
        "crm_register_age_seconds": min(
            (place.read_at or place.since for place in feeds.positions(session).values()), default=None
        ),
    }
    for name, moment in ages.items():
        if moment:
            yield name, round((now - moment).total_seconds(), 1)


def _finished(found: object) -> datetime | None:
    return getattr(found, "finished_at", None)


def _count(session: Session, chosen: Select[object]) -> float:
    return float(session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0)
