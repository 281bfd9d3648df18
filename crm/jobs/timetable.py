"""When a round is due, and picking up what a killed worker or a silent queue left behind."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm import clock
from crm.jobs import transactions
from crm.matches import operations as matches
from crm.matches import queries
from crm.partners import queries as partners
from crm.storage.engines import Database

_log = logging.getLogger(__name__)


def due_week(session: Session, *, now: datetime) -> str | None:
    """The current week from Monday 06:00 in Norway, where there are needs and nobody asked for its round.

    A machine that was off on Monday catches up with the current week; weeks gone by are left alone.
    """
    week = clock.iso_week(now)
    if now < clock.round_moment(week) or queries.find_run(session, week):
        return None
    today = now.astimezone(clock.OSLO).date()
    return week if partners.any_open(session, today=today) else None


def request_due_round(database: Database, *, now: datetime) -> None:
    """Put the round that is due in the ledger; the ledger's unique week settles who was first."""
    try:
        transactions.commit(database, partial(_request_if_due, now=now))
    except IntegrityError:
        _log.info("another worker put this week's round in the ledger")


def _request_if_due(session: Session, *, now: datetime) -> None:
    week = due_week(session, now=now)
    if week:
        matches.request_run(session, week, actor_id=None, now=now)


def unfinished_rounds(database: Database, *, now: datetime) -> list[int]:
    """The rounds nobody is working on, oldest week first."""
    with database.Read() as session:
        return [run.id for run in session.scalars(queries.unfinished(now=now))]
