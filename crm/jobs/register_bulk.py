"""The register's whole file, fetched from the register itself and loaded; nothing that is not new."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path

from crm import clock
from crm.errors import UpstreamError
from crm.jobs import register_load
from crm.registry import feeds
from crm.registry.counts import Counts
from crm.registry.feeds import FEEDS, Kind
from crm.sources.enhetsregisteret import RegisterApi
from crm.storage.engines import Database

Progress = Callable[[int, int | None], None]


def fetch_and_load(
    database: Database,
    api: RegisterApi | None,
    kind: Kind,
    folder: Path,
    *,
    home: str = "",
    progress: Progress | None = None,
) -> Counts | None:
    """Load the newest file of a kind into the mirror; None where the one loaded last is still the newest.

    The file is kept in ``folder`` with the day the register wrote it, from which its changes are followed.
    Raises UpstreamError where it cannot be fetched, and what a load raises.
    """
    path = fetch(database, api, kind, folder, progress=progress)
    if path is None:
        return None
    _, counts = register_load.load_file(database, str(path), kind=kind, home=home, now=clock.now)
    loaded(kind, folder)
    return counts


def fetch(
    database: Database,
    api: RegisterApi | None,
    kind: Kind,
    folder: Path,
    *,
    progress: Progress | None = None,
) -> Path | None:
    """The newest file of a kind, on disk; None where it has been loaded. What was cut off goes on."""
    if api is None:
        raise UpstreamError("Programmet er satt til ikke å bruke nettet (CRM_OFFLINE).")
    folder.mkdir(parents=True, exist_ok=True)
    target, known = folder / f"{FEEDS[kind]}.json.gz", _read(folder, kind, "etag")
    with database.Read() as session:
        if FEEDS[kind] not in feeds.positions(session):
            known = None  # the mirror has been made anew
    here = _read(folder, kind, "fetched") if target.exists() else None
    found = api.whole_file(FEEDS[kind], target, etag=here or known, progress=progress)
    if found.changed:
        _date(target, found.last_modified)
        _marked(folder, kind, "fetched").write_text(found.etag or "", encoding="utf-8")
    elif (here or known) == known:
        return None
    return target


def loaded(kind: Kind, folder: Path) -> None:
    """The file that was fetched last is in the mirror."""
    mark = _read(folder, kind, "fetched") or ""
    _marked(folder, kind, "etag").write_text(mark, encoding="utf-8")


def _marked(folder: Path, kind: Kind, what: str) -> Path:
    return folder / f"{FEEDS[kind]}.{what}"


def _read(folder: Path, kind: Kind, what: str) -> str | None:
    mark = _marked(folder, kind, what)
    return (mark.read_text(encoding="utf-8").strip() or None) if mark.exists() else None


def _date(target: Path, last_modified: str | None) -> None:
    """Give the file the moment the register wrote it; today's where the register did not say."""
    with suppress(ValueError, TypeError):
        written = parsedate_to_datetime(last_modified or "").timestamp()
        os.utime(target, (written, written))
