"""How commands speak: one clear line on stderr and exit 1 when something cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar, cast

import click
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from crm.errors import CrmError
from crm.settings import Settings
from crm.storage.engines import Database
from crm.storage.trouble import Trouble, trouble_of
from crm.upkeep.troubles import CURES, HAPPENED

P = ParamSpec("P")
R = TypeVar("R")


def settings() -> Settings:
    """The configuration of the program a command runs in."""
    return cast("Settings", current_app.extensions["crm.settings"])


def database() -> Database:
    """The database a command works on."""
    return cast("Database", current_app.extensions["crm.database"])


@contextmanager
def writing() -> Iterator[Session]:
    """A session that commits at the end, and not at all when anything fails."""
    with database().Write() as session:
        yield session
        session.commit()


def fail(sentence: str) -> NoReturn:
    """One line on stderr, exit 1."""
    click.echo(" ".join(sentence.split()), err=True)
    raise SystemExit(1)


def in_english(error: CrmError) -> str:
    """A domain error as a sentence for the terminal."""
    with force_locale("en"):
        return str(gettext(error.message, **error.values) if error.values else gettext(error.message))


def speaks_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with one clear line whatever foreseeable thing fails."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CrmError as error:
            fail(in_english(error))
        except DBAPIError as error:
            fail(_database_trouble(error))
        except (SQLAlchemyError, OSError) as error:
            fail(f"{type(error).__name__}: {error}")

    return guarded


def _database_trouble(error: DBAPIError) -> str:
    trouble = trouble_of(error)
    if trouble is Trouble.OTHER:
        return f"The database answered: {str(error.orig).splitlines()[0]}"
    with force_locale("en"):
        return f"{gettext(HAPPENED[trouble])} {gettext(CURES[trouble])}"
