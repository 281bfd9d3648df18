"""Whole copies of a SQLite database: made while it is in use, proved, and put back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.errors import Conflict, InvalidInput
from crm.storage import schema
from crm.storage.engines import driver as sqlite
from crm.storage.finding import OURS
from crm.storage.hashes import Tally, tally

# Written into each copy's header, so that only our own copies are ever put back.
MARK = 0x4B6C7967
_SEAL = "copy_seal"
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds: rows per table, the hash of the file, and the schema it is on."""

    rows: dict[str, int]
    sha256: str
    revision: str


def make_copy(source: Path, target: Path) -> Copy:
    """Copy a database, also one in use; the file appears only when it is whole and proved."""

    def copy_pages(part: Path) -> dict[str, Tally]:
        with _opened(source) as raw:
            raw.execute("BEGIN")
            present = fingerprints(raw)  # opens the snapshot that is copied
            _copy_pages(raw, part)
        return present

    return keep(target, copy_pages)


def keep(target: Path, write: Callable[[Path], dict[str, Tally] | None]) -> Copy:
    """Let a database be written beside the target, seal and prove it, and give it its name.

    ``write`` returns what the file must hold, or None where that was proved already.
    """
    with _beside(target) as part:
        present = write(part)
        seal(part, present)
        found = examine(part)
        part.chmod(0o600)
        _settle(part)
        part.replace(target)
        _settle(target.parent)
    return found


def seal(part: Path, present: Mapping[str, Tally] | None = None) -> None:
    """Write into a copy what it must hold, and mark it as ours; it is one file from here on."""
    with _opened(part) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        present = fingerprints(raw) if present is None else present
        raw.execute(
            f'CREATE TABLE "{_SEAL}" (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, hash TEXT NOT NULL)'
        )
        lines = [(name, one.rows, one.hash) for name, one in present.items()]
        raw.executemany(f'INSERT INTO "{_SEAL}" VALUES (?, ?, ?)', lines)  # noqa: S608  (our own name)
        raw.execute(f"PRAGMA application_id = {MARK}")


def fingerprints(raw: Any) -> dict[str, Tally]:
    """What each table of a file holds, as SQLite stores it."""
    return {name: tally(raw.execute(f'SELECT * FROM "{name}"')) for name in _tables(raw)}  # noqa: S608  (names the database gave)


def put_back(copy: Path, database: Path, *, keep_as: Path) -> Copy:
    """Put a copy in the place of a database; what stood there is kept beside it.

    Conflict where the database is in use. The copy is examined first, and once more after it was copied.
    """
    examine(copy)
    database.parent.mkdir(parents=True, exist_ok=True)
    with _beside(database) as part:
        part.write_bytes(b"")
        part.chmod(0o600)
        _copy_bytes(copy, part)
        found = examine(part)
        break_seal(part)
        _settle(part)
        if database.exists():
            _close_log(database)
            os.link(database, keep_as)
        part.replace(database)
        _settle(database.parent)
    return found


def examine(path: Path) -> Copy:
    """What a copy holds; InvalidInput where it is damaged, or no copy this program made."""
    sha256 = _hash(path)
    try:
        with _opened(path, read_only=True) as raw:
            if raw.execute("PRAGMA application_id").fetchone()[0] != MARK:
                raise _foreign(path)
            if raw.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise _damaged(path)
            if raw.execute("PRAGMA foreign_key_check").fetchone():
                raise _damaged(path)
            held = fingerprints(raw)
            if _has_seal(raw) and held != _sealed(raw):
                raise _damaged(path)
            return Copy({name: one.rows for name, one in held.items()}, sha256, _revision(raw, path))
    except sqlite.DatabaseError as error:
        raise _damaged(path) from error


def _hash(path: Path) -> str:
    """The SHA-256 of a database file; InvalidInput where there is no such file."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise _foreign(path)
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InvalidInput("Fant ikke filen «%(file)s».", field="file", file=str(path)) from error


def break_seal(part: Path) -> None:
    """Take out of a copy its seal and who was at work when it was made, before it is used as a database."""
    with _opened(part) as raw:
        raw.execute(f'DROP TABLE IF EXISTS "{_SEAL}"')
        if "processes" in _tables(raw):
            raw.execute("DELETE FROM processes")


def _tables(raw: Any) -> list[str]:
    names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in names if not name.startswith(("sqlite_", OURS, _SEAL))]


def _has_seal(raw: Any) -> bool:
    """A copy made before copies were sealed has none."""
    return bool(raw.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_SEAL,)).fetchone())


def _sealed(raw: Any) -> dict[str, Tally]:
    rows = raw.execute(f'SELECT name, rows, hash FROM "{_SEAL}"')  # noqa: S608  (our own name)
    return {name: Tally(count, told) for name, count, told in rows}


def _copy_pages(raw: Any, part: Path) -> None:
    """Copy the snapshot a connection reads from, page by page."""
    copy = sqlite.connect(str(part), isolation_level=None)
    try:
        raw.backup(copy)
    finally:
        copy.close()


def _revision(raw: Any, path: Path) -> str:
    try:
        revision = str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite.OperationalError, TypeError) as error:
        raise _foreign(path) from error
    if not schema.is_known(revision):
        raise InvalidInput(
            "Sikkerhetskopien «%(file)s» er fra en nyere utgave av programmet (%(revision)s).",
            field="file",
            file=path.name,
            revision=revision,
        )
    return revision


@contextmanager
def _opened(path: Path, *, read_only: bool = False) -> Iterator[Any]:
    address = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    raw = sqlite.connect(address, uri=True, timeout=30, isolation_level=None)
    try:
        yield raw
    finally:
        raw.close()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """The name of a file beside the target, gone again whatever happens."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        yield part
    finally:
        for trace in (part, *(part.with_name(f"{part.name}-{kind}") for kind in ("journal", "wal", "shm"))):
            with suppress(OSError):
                trace.unlink()


def _copy_bytes(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        while piece := reading.read(1 << 20):
            writing.write(piece)


def _close_log(database: Path) -> None:
    """Fold the write-ahead log into the database; Conflict where anybody else has it open."""
    try:
        with _opened(database) as raw:
            raw.execute("PRAGMA busy_timeout = 2000")
            mode = raw.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite.OperationalError as error:
        raise _in_use() from error
    except sqlite.DatabaseError:
        return  # what stands there is damaged: it is kept as it is, with its log
    if mode != "delete":
        raise _in_use()


def _settle(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_use() -> Conflict:
    return Conflict("Databasen er i bruk. Stans programmet, og kjør kommandoen på nytt.")


def _foreign(path: Path) -> InvalidInput:
    return InvalidInput(
        "«%(file)s» er ingen sikkerhetskopi fra dette programmet.", field="file", file=path.name
    )


def _damaged(path: Path) -> InvalidInput:
    return InvalidInput("Sikkerhetskopien «%(file)s» er skadet.", field="file", file=path.name)
