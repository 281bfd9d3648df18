"""A backup is one file of the same kind whichever database it is of; either database takes it back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from crm.errors import Conflict, InvalidInput
from crm.storage import copies, schema, transfer
from crm.storage.copies import Copy
from crm.storage.engines import Database, open_database


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    url = make_url(engine.url)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def make(database: Database, target: Path) -> Copy:
    """Write a proved backup, while the database may be in use; the file appears only when it is whole."""
    source = file_of(database.engine)
    if source is None:
        return copies.keep(target, lambda part: _moved_to(part, database.engine))
    if not source.is_file():
        raise InvalidInput("Det er ingen database ennå. Kjør «db upgrade» først.")
    return copies.make_copy(source, target)


def put_back(database: Database, file: Path, *, beside: Path, stamp: str) -> tuple[Copy, Path | None]:
    """Put a backup in the place of what a database holds, and keep that; what came, and where that is kept.

    InvalidInput where the file is no whole backup of ours, before anything is touched; Conflict where a
    SQLite database is in use. On PostgreSQL the rows are replaced in one transaction, on the newest schema.
    """
    target = file_of(database.engine)
    if target is not None:
        database.dispose()
        kept = target.with_name(f"{target.name}.{stamp}")
        found = copies.put_back(file, target, keep_as=kept)
        return found, kept if kept.exists() else None
    found = copies.examine(file)
    kept = beside / f"crm.{stamp}"
    if schema.current(database.engine):
        make(database, kept)
    with _opened_beside(file, beside) as source:
        transfer.move(source.engine, database.engine, replace=True)
    return found, kept if kept.exists() else None


def _moved_to(part: Path, engine: Engine) -> None:
    """The rows of a PostgreSQL database in a new SQLite file."""
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".copy-") as place:
        made = Path(place) / "crm.sqlite"
        made.touch(mode=0o600)
        opened = open_database(f"sqlite:///{made}")
        try:
            transfer.move(engine, opened.engine)
        finally:
            opened.dispose()
        made.replace(part)


@contextmanager
def _opened_beside(file: Path, folder: Path) -> Iterator[Database]:
    """A backup as a database of its own on the newest schema; the file itself is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as place:
        part = Path(place) / "crm.sqlite"
        found = copies.put_back(file, part, keep_as=Path(place) / "none")
        opened = open_database(f"sqlite:///{part}")
        try:
            if schema.upgrade(opened.engine) != schema.newest() or not found.rows:
                raise Conflict("Sikkerhetskopien kunne ikke åpnes.")
            yield opened
        finally:
            opened.dispose()
