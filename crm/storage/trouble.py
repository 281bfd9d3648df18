"""What a database means when it refuses: one word for each thing that goes wrong, on every database."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Trouble(StrEnum):
    """Why the database could not be used."""

    DAMAGED = "damaged"
    FULL = "full"
    LOCKED = "locked"
    LOST = "lost"
    MISSING = "missing"
    OTHER = "other"
    READ_ONLY = "read_only"
    SLOW = "slow"
    TABLES = "tables"
    UNREACHABLE = "unreachable"


_SIGNS = {
    "malformed": Trouble.DAMAGED,
    "not a database": Trouble.DAMAGED,
    "invalid page": Trouble.DAMAGED,
    "disk is full": Trouble.FULL,
    "disk i/o error": Trouble.FULL,
    "no space left": Trouble.FULL,
    "could not extend file": Trouble.FULL,
    "locked": Trouble.LOCKED,
    "lock timeout": Trouble.LOCKED,
    "deadlock": Trouble.LOCKED,
    "statement timeout": Trouble.SLOW,
    "readonly": Trouble.READ_ONLY,
    "read-only": Trouble.READ_ONLY,
    "no such table": Trouble.TABLES,
    "no such column": Trouble.TABLES,
    'relation "': Trouble.TABLES,
    "undefined column": Trouble.TABLES,
    "unable to open": Trouble.MISSING,
    "connection refused": Trouble.UNREACHABLE,
    "connection failed": Trouble.UNREACHABLE,
    "connection timeout": Trouble.UNREACHABLE,
    "too many clients": Trouble.UNREACHABLE,
    "starting up": Trouble.UNREACHABLE,
    "shutting down": Trouble.UNREACHABLE,
    "no such file or directory": Trouble.UNREACHABLE,
    "terminating connection": Trouble.LOST,
    "server closed the connection": Trouble.LOST,
    "connection is closed": Trouble.LOST,
    "connection is lost": Trouble.LOST,
    "connection not open": Trouble.LOST,
    "connection reset": Trouble.LOST,
    "broken pipe": Trouble.LOST,
    "eof detected": Trouble.LOST,
}


def trouble_of(error: SQLAlchemyError) -> Trouble:
    """The word for what went wrong; ``OTHER`` where the database said something we do not know."""
    if isinstance(error, PoolTimeoutError):
        return Trouble.LOCKED
    if not isinstance(error, DBAPIError):
        return Trouble.OTHER
    said = str(error.orig).lower()
    known = next((trouble for sign, trouble in _SIGNS.items() if sign in said), Trouble.OTHER)
    if error.connection_invalidated and known is Trouble.OTHER:
        return Trouble.LOST
    return known


def passes_by_itself(error: SQLAlchemyError) -> bool:
    """Whether an error is the database's state and no fault in what was asked of it."""
    if isinstance(error, PoolTimeoutError | OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and trouble_of(error) is not Trouble.OTHER
