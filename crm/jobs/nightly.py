"""The night's backup: one a night whoever makes it, proved row by row, and as many kept as were asked for."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from crm import clock
from crm.errors import CrmError
from crm.jobs import transactions
from crm.settings import Settings
from crm.storage import backups
from crm.storage.copies import Copy
from crm.storage.engines import Database, driver
from crm.upkeep import ledger
from crm.upkeep.ledger import Made

_log = logging.getLogger(__name__)
_NAME = re.compile(r"klyngetorg-(\d{4}-\d{2}-\d{2})\.backup")
_ABANDONED_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where backups go, of how many nights they are kept, and of how many weeks the first one is."""

    folder: Path
    days: int
    weeks: int


def keeping_of(settings: Settings) -> Keeping:
    folder = Path(settings.backup_folder) if settings.backup_folder else settings.instance / "backups"
    return Keeping(folder, settings.backup_days, settings.backup_weeks)


def make_due(database: Database, keeping: Keeping, *, now: Callable[[], datetime] = clock.now) -> Path | None:
    """Make the night's backup where it is due and nobody else does; None where there is nothing to do.

    What goes wrong is written down, and tried again an hour later.
    """
    night = ledger.due_night(now())
    if not keeping.days or night is None:
        return None
    try:
        if not transactions.commit(database, partial(ledger.claim_night, night=night, now=now())):
            return None
    except IntegrityError:
        return None  # another worker was first
    target = keeping.folder / f"klyngetorg-{night:%Y-%m-%d}.backup"
    try:
        keeping.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = backups.make(database, target)
    except (CrmError, OSError, SQLAlchemyError, driver.Error) as error:
        _log.exception("the backup of %s was not made", night)
        transactions.commit(database, partial(ledger.fail_night, night=night, why=_reason(error), now=now()))
        return None
    _done(database, night, made, target, now=now())
    prune(keeping)
    return target


def _done(database: Database, night: date, made: Copy, target: Path, *, now: datetime) -> None:
    told = Made(target.name, target.stat().st_size, sum(made.rows.values()), made.sha256)
    transactions.commit(database, partial(ledger.finish_night, night=night, made=told, now=now))
    _log.info("the backup of %s is made: %s rows, %s bytes", night, told.rows, told.size)


def prune(keeping: Keeping) -> list[Path]:
    """Remove backups beyond those that are kept, and what killed processes left; other files stay."""
    named = [(_NAME.fullmatch(path.name), path) for path in keeping.folder.iterdir()]
    found = {date.fromisoformat(match[1]): path for match, path in named if match}
    nights = sorted(found, reverse=True)
    firsts: dict[str, date] = {}
    for night in reversed(nights):
        firsts.setdefault(clock.iso_week(night), night)
    weeks = sorted(firsts, reverse=True)[: keeping.weeks]
    kept = {*nights[: keeping.days], *(firsts[week] for week in weeks)}
    gone = [found[night] for night in nights if night not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    for path in keeping.folder.glob(".klyngetorg-*.part*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
            path.unlink(missing_ok=True)
    return gone


def _reason(error: Exception) -> str:
    """What the page shows: our own sentences, else the kind of what went wrong."""
    if isinstance(error, CrmError):
        return str(error)
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(type(error).__name__)
    return said[:300]
