"""Once a day, what the rules of privacy say has been kept long enough is let go."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from crm.jobs import transactions
from crm.privacy import expiring
from crm.storage.engines import Database

_log = logging.getLogger(__name__)


def run_if_due(database: Database, *, now: datetime) -> bool:
    """Tidy where today's row is missing; the row settles who was first among several workers."""
    with database.Read() as session:
        if not expiring.is_due(session, now=now):
            return False
    gone = transactions.commit(database, partial(expiring.tidy, now=now))
    _log.info("outdated data let go: %s", gone or "none")
    return True
