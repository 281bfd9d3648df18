"""Doing the trials of the model that people asked for; what comes out is kept, and nothing else changes."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from crm import clock
from crm.errors import Conflict, CrmError
from crm.jobs import back_test, transactions, what_if
from crm.jobs.weekly_round import Now, sentence_of
from crm.storage.engines import Database
from crm.trials import operations, queries
from crm.trials.models import Trial, TrialKind

_log = logging.getLogger(__name__)
_CALCULATIONS = {TrialKind.WHAT_IF: what_if.calculate, TrialKind.BACK_TEST: back_test.calculate}


def waiting(database: Database, *, now: datetime) -> list[int]:
    """The trials nobody is working on, oldest first."""
    with database.Read() as session:
        return [trial.id for trial in session.scalars(queries.unfinished(now=now))]


def run(database: Database, trial_id: int, *, instance: Path | None = None, now: Now = clock.now) -> bool:
    """Do a trial that waits; whether it was done here. What goes wrong is written down and raised."""
    claim = transactions.commit(database, partial(operations.claim, trial_id=trial_id, now=now()))
    if claim is None:
        return False
    with database.Read() as session:
        trial = session.get_one(Trial, trial_id)
    try:
        found = _CALCULATIONS[trial.kind](database, trial.asked, instance=instance, now=now())
        keep = partial(operations.finish, trial_id=trial_id, number=claim, found=found, now=now())
        transactions.commit(database, keep)
    except Conflict:
        _log.info("trial %s was taken over by another worker", trial_id)
        return False
    except Exception as error:
        told = partial(
            operations.fail, trial_id=trial_id, number=claim, message=sentence_of(error), now=now()
        )
        try:
            transactions.commit(database, told)
        except (CrmError, DBAPIError):
            _log.exception("trial %s could not even be marked as failed", trial_id)
        raise
    return True
