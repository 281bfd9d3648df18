"""The examination: everything that can be wrong with an installation, each fault with its cure.

What is asked of the database goes first; where it cannot be read, what depends on it is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from crm.settings import Settings
from crm.storage.engines import Database
from crm.storage.trouble import trouble_of
from crm.upkeep import machine, soundness, work
from crm.upkeep.finding import Finding, Level, fault
from crm.upkeep.troubles import CURES, HAPPENED

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: an installation at a moment. ``reach_queue`` raises where the queue is out of reach.

    ``thorough`` reads every row of every table as well, which takes minutes with a whole register.
    """

    settings: Settings
    database: Database
    now: datetime
    reach_queue: Callable[[], object]
    thorough: bool = False


def examine(patient: Patient) -> list[Finding]:
    """Everything looked at, in a fixed order."""
    found = list(_database(patient))
    if not any(one.level is Level.FAULT for one in found):
        found += _work(patient)
    found += machine.examine(patient.settings, patient.database)
    found.append(work.queue(patient.reach_queue))
    return found


def _database(patient: Patient) -> Iterator[Finding]:
    try:
        yield soundness.readable(patient.database)
        yield soundness.writable(patient.database)
        yield from soundness.schema_of(patient.database)
        yield from soundness.library(patient.database)
        if patient.thorough:
            yield from soundness.rows(patient.database)
    except SQLAlchemyError as error:
        _log.warning("the database could not be examined", exc_info=error)
        trouble = trouble_of(error)
        yield fault("database", HAPPENED[trouble], CURES[trouble])


def _work(patient: Patient) -> Iterator[Finding]:
    settings, now = patient.settings, patient.now
    with patient.database.Read() as session:
        yield work.worker(session, now=now)
        yield work.last_round(session, now=now)
        yield work.register(session, now=now, offline=settings.offline)
        yield work.backup(session, now=now)
        yield work.mail(session, server=settings.smtp_url)
        yield work.clock(session, now=now)
