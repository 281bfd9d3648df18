"""What the machine under the program is like: disk, files and their rights, keys and learned models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from crm.errors import said
from crm.matchmaker import seals
from crm.settings import Settings
from crm.storage import backups
from crm.storage.engines import Database
from crm.upkeep.finding import Finding, fault, fine, note

_LEAST_FREE = 500 * 1024 * 1024
_LARGEST_LOG = 256 * 1024 * 1024
_SHORTEST_KEY = 32
_COPIES_THAT_MUST_FIT = 3


def examine(settings: Settings, database: Database) -> Iterator[Finding]:
    """Disk, keys, rights and seals, in this order."""
    yield from _disk(settings, database)
    yield _key(settings)
    yield _rights(settings, database)
    yield _models(settings.instance)


def database_file(database: Database) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return backups.file_of(database.engine)


def size_of(path: Path | None) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0


def _disk(settings: Settings, database: Database) -> Iterator[Finding]:
    file = database_file(database)
    folder = file.parent if file else settings.instance
    if not folder.is_dir():
        yield fault(
            "disk",
            said("Mappa %(folder)s finnes ikke."),
            said("Lag den, eller rett CRM_INSTANCE."),
            folder=str(folder),
        )
        return
    free = shutil.disk_usage(folder).free
    wanted = max(_LEAST_FREE, _COPIES_THAT_MUST_FIT * size_of(file))
    megabytes = free // (1024 * 1024)
    if free < wanted:
        yield fault(
            "disk",
            said("Bare %(free)s MB er ledig på disken med %(folder)s."),
            said("Frigjør plass, så det er minst %(wanted)s MB. Gamle sikkerhetskopier kan flyttes."),
            free=megabytes,
            wanted=wanted // (1024 * 1024),
            folder=str(folder),
        )
    else:
        yield fine("disk", said("%(free)s MB er ledig på disken."), free=megabytes)
    log = size_of(file.with_name(f"{file.name}-wal")) if file else 0
    if log > _LARGEST_LOG:
        yield fault(
            "log",
            said("Endringsloggen ved siden av databasen er på %(size)s MB."),
            said("En prosess har lest lenge uten stans. Start programmet på nytt."),
            size=log // (1024 * 1024),
        )


def _key(settings: Settings) -> Finding:
    if len(settings.secret_key or "") < _SHORTEST_KEY:
        return fault(
            "key",
            said("CRM_SECRET_KEY mangler eller er for kort."),
            said('Lag en: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'),
        )
    return fine("key", said("Nøkkelen som signerer lenker og innlogginger, er lang nok."))


def _rights(settings: Settings, database: Database) -> Finding:
    """Files that others than the owner may read."""
    private = [settings.instance / "secret.key", database_file(database)]
    open_to_all = [path for path in private if path and path.exists() and path.stat().st_mode & 0o007]
    if not open_to_all:
        return fine("files", said("Ingen andre på maskinen kan lese filene."))
    told = note if settings.development else fault
    return told(
        "files",
        said("Andre på maskinen kan lese %(files)s."),
        said("Kjør: chmod o-rwx %(paths)s"),
        files=", ".join(path.name for path in open_to_all),
        paths=" ".join(str(path) for path in open_to_all),
    )


def _models(instance: Path) -> Finding:
    broken = seals.broken(instance / "models")
    if not broken:
        return fine("models", said("Alt som er lært, har seglet sitt."))
    return note(
        "models",
        said("Det lærte i %(place)s er endret etter at det ble lagret, og brukes ikke."),
        said("Slett mappa, og kjør: flask --app wsgi match train"),
        place=str(broken[0]),
    )
