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
    if api is None:
        raise UpstreamError("Programmet er satt til ikke å bruke nettet (CRM_OFFLINE).")
    folder.mkdir(parents=True, exist_ok=True)
    target, mark = folder / f"{FEEDS[kind]}.json.gz", folder / f"{FEEDS[kind]}.etag"
    loaded = mark.read_text(encoding="utf-8").strip() if mark.exists() else None
    found = api.whole_file(FEEDS[kind], target, etag=loaded or None, progress=progress)
    if not found.changed:
        return None
    _date(target, found.last_modified)
    _, counts = register_load.load_file(database, str(target), kind=kind, home=home, now=clock.now)
    mark.write_text(found.etag or "", encoding="utf-8")
    return counts


def _date(target: Path, last_modified: str | None) -> None:
    """Give the file the moment the register wrote it; today's where the register did not say."""
    with suppress(ValueError, TypeError):
        written = parsedate_to_datetime(last_modified or "").timestamp()
        os.utime(target, (written, written))
