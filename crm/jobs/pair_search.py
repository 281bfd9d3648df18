"""Looking for look-alikes every night and after each import, so that their page has them ready."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from crm import clock
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.duplicates import operations, queries, searching
from crm.duplicates.models import Kind, PairSearch
from crm.exchange.models import Import
from crm.jobs import transactions
from crm.storage.engines import Database

_NIGHT = time(3)
_PAUSE = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether to look: never done, a night has passed, or a list was taken in or back since; with a pause."""
    if not session.scalar(select(or_(select(Company.id).exists(), select(Contact.id).exists()))):
        return False
    begun = session.scalar(select(func.max(PairSearch.started_at)))
    if begun is not None and now - begun < _PAUSE:
        return False
    last = queries.last_search(session)
    if last is None:
        return True
    opens = datetime.combine(now.astimezone(clock.OSLO).date(), _NIGHT, tzinfo=clock.OSLO)
    since = or_(Import.applied_at > last.started_at, Import.undone_at > last.started_at)
    taken_in = select(Import.id).where(since).limit(1)
    return last.started_at < opens <= now or session.scalar(taken_in) is not None


def run_if_due(database: Database, *, now: datetime) -> bool:
    """Look through everything where that is due; the reading holds no lock, the writing is short."""
    with database.Read() as session:
        if not is_due(session, now=now):
            return False
    search_id = transactions.commit(database, partial(operations.begin_search, now=now))
    counts: dict[str, int] = {}
    for kind, look in ((Kind.COMPANY, searching.companies), (Kind.CONTACT, searching.contacts)):
        with database.Read() as session:
            looked_at, found = look(session)
        keep = partial(operations.keep_pairs, kind=kind, found=found)
        counts[f"{kind}_pairs"] = transactions.commit(database, keep)
        counts["companies" if kind is Kind.COMPANY else "contacts"] = looked_at
    transactions.commit(database, partial(_finish, search_id=search_id, counts=counts, now=now))
    _log.info("look-alikes: %s", counts)
    return True


def _finish(session: Session, search_id: int, counts: dict[str, int], now: datetime) -> None:
    operations.finish_search(session, search_id, counts, now=now)
    operations.forget_steps(session, now=now)
