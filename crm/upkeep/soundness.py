"""Whether the database itself is sound: read, written, on the newest schema, and clean."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from crm.errors import said
from crm.storage import preflight, schema
from crm.storage.engines import Database, driver, wal_is_safe
from crm.storage.trouble import Trouble
from crm.upkeep.finding import Finding, fault, fine, note
from crm.upkeep.troubles import CURES

_SHOWN = 5
_ABOUT_VALUES = ("CHECK constraint failed", "NULL value in")


def readable(database: Database) -> Finding:
    """Raises SQLAlchemyError where the database cannot be read."""
    with database.Read() as session:
        session.execute(text("SELECT 1 FROM users LIMIT 1"))
    return fine("database", said("Databasen (%(kind)s) kan leses."), kind=database.engine.dialect.name)


def writable(database: Database) -> Finding:
    """Raises SQLAlchemyError where the database cannot be written; a row is written and taken out again."""
    with database.Write() as session:
        session.execute(
            text(
                "INSERT INTO processes (name, duty, started_at, seen_at)"
                " VALUES ('doctor', 'web', '2000-01-01 00:00:00', '2000-01-01 00:00:00')"
            )
        )
        session.execute(text("DELETE FROM processes WHERE name = 'doctor'"))
        session.commit()
    return fine("writing", said("Databasen kan skrives til."))


def schema_of(database: Database) -> Iterator[Finding]:
    present, newest = schema.current(database.engine), schema.newest()
    if present == newest:
        yield fine("schema", said("Tabellene er på nyeste utgave (%(revision)s)."), revision=newest)
    elif present and not schema.is_known(present):
        yield fault(
            "schema",
            said("Databasen er fra en nyere utgave av programmet (%(revision)s)."),
            said("Installer den nyere utgaven igjen, eller legg tilbake en eldre sikkerhetskopi."),
            revision=present,
        )
    else:
        yield fault(
            "schema",
            said("Tabellene er på en eldre utgave (%(revision)s)."),
            said("Kjør: flask --app wsgi db upgrade"),
            revision=present or "–",
        )


def library(database: Database) -> Iterator[Finding]:
    """On SQLite: whether its version may be trusted with a write-ahead log."""
    if database.engine.dialect.name != "sqlite":
        return
    version = driver.sqlite_version
    if wal_is_safe():
        yield fine("sqlite", said("SQLite %(version)s er trygg."), version=version)
    else:
        yield note(
            "sqlite",
            said("SQLite %(version)s er gammel. Programmet bruker en tregere, trygg måte å lagre på."),
            said("Installer pakken pysqlite3: pip install -r requirements.txt"),
            version=version,
        )


def rows(database: Database) -> Iterator[Finding]:
    """Reads everything: whether the file is whole, and whether any row breaks a rule."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield from _damage(connection)
        found = preflight.dirty_rows(connection)
    for dirt in found[:_SHOWN]:
        yield fault(
            "rows",
            said("%(count)s rader i %(place)s har en verdi som %(rule)s."),
            said("Rett radene før oppgradering eller flytting: flask --app wsgi db preflight viser alle."),
            count=dirt.rows,
            place=f"{dirt.table}.{dirt.column}",
            rule=dirt.rule,
        )
    if not found:
        yield fine("rows", said("Ingen rader bryter en regel."))


def _damage(connection: Connection) -> Iterator[Finding]:
    """What SQLite says of its file; values that break a rule are counted row by row elsewhere."""
    answers = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    real = [answer for answer in answers if answer != "ok" and not answer.startswith(_ABOUT_VALUES)]
    if real:
        sentence = said("Databasefila er skadet: %(answer)s.")
        yield fault("file", sentence, CURES[Trouble.DAMAGED], answer=real[0][:100])
