"""A job's short write transactions, begun anew where the database was busy or another got there first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from crm.storage.engines import Database

T = TypeVar("T")
_TRIES = 3


def commit(database: Database, act: Callable[[Session], T]) -> T:
    """Do an act in a transaction of its own and commit it; three tries in all."""
    return _tried(database.Write, act)


def commit_mirror(database: Database, act: Callable[[Session], T]) -> T:
    """The same for an act that writes the mirror, and nothing else."""
    return _tried(database.Mirror, act)


def _tried(maker: sessionmaker[Session], act: Callable[[Session], T]) -> T:
    for attempt in range(1, _TRIES + 1):
        try:
            with maker() as session:
                done = act(session)
                session.commit()
                return done
        except (OperationalError, IntegrityError):
            if attempt == _TRIES:
                raise
            time.sleep(random.uniform(0.05, 0.2) * attempt)  # noqa: S311  (a pause, no secret)
    raise AssertionError("the last try returns or raises")
