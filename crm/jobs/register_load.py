"""Taking a bulk file of the register into the mirror: all of it, or nothing and a sentence why."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crm import clock
from crm.errors import CrmError, InvalidInput
from crm.jobs import transactions
from crm.jobs.register_taking import Reading, Told, take
from crm.registry import feeds, ledger
from crm.registry.counts import Counts, Record
from crm.registry.feeds import FEEDS
from crm.sources.bulk import BulkFile, Kind, open_bulk
from crm.sources.unit_reading import read_subunits, read_units
from crm.storage.engines import Database

Now = Callable[[], datetime]
_SHORT_FILE_NAME = 100


def load_file(
    database: Database,
    path: str,
    *,
    kind: Kind | None = None,
    home: str = "",
    now: Now = clock.now,
    told: Told | None = None,
) -> tuple[Kind, Counts]:
    """Load the file at ``path``, or standard input for ``-``; what it held and what came of it.

    ``home`` is the municipality that moves are seen from; ``told`` hears how far it has come. Raises
    InvalidInput or UpstreamError in one sentence; nothing of the file is in the database then, and the
    ledger of loads says why.
    """
    with open_bulk(path) as bulk:
        chosen = _kind(bulk, kind)
        source = path.rpartition("/")[2][:_SHORT_FILE_NAME] if path != "-" else "stdin"
        load_id = _begin(database, chosen, source, now=now())
        bridge = partial(_bridge, path, now=now())
        read = read_units if chosen == "units" else read_subunits
        with failure_written_down(database, load_id, now):
            reading = Reading(source, home, told=told, written=bridge if path != "-" else None)
            counts = take_in(database, load_id, read(bulk), reading, now=now)
        since = bridge(counts)
        transactions.commit_mirror(database, partial(feeds.start_from, register=FEEDS[chosen], since=since))
        return chosen, counts


def take_in(
    database: Database, load_id: int, records: Iterable[Record], reading: Reading, *, now: Now
) -> Counts:
    """Records taken in, all or none, and the ledger's row closed with what came of them."""
    with _undisturbed():
        return take(database, records, reading, now=now(), load_id=load_id)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the collector off what was there before: a million short-lived rows go a sixth faster so."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def failure_written_down(database: Database, load_id: int, now: Now) -> Iterator[None]:
    """Whatever stops a load is written in its row of the ledger, and raised again."""
    try:
        yield
    except BaseException as error:
        _fail(database, load_id, error, now=now())
        raise


def give_up_abandoned(database: Database, *, now: datetime) -> int:
    """Close the ledger's rows of loads whose process was killed."""
    return transactions.commit(database, partial(ledger.give_up_abandoned, now=now))


def _bridge(path: str, counts: Counts, *, now: datetime) -> datetime:
    """From when on the feed of changes must be read after a file: a day before the file was written.

    A copy may be younger than the register it was made from; the newest registration in it is not.
    """
    written = [now]
    with suppress(OSError):
        written.append(datetime.fromtimestamp(Path(path).stat().st_mtime, tz=UTC))
    if counts.newest:
        written.append(datetime.combine(counts.newest, time.min, tzinfo=clock.OSLO))
    return min(written).astimezone(UTC) - timedelta(days=1)


def _kind(bulk: BulkFile, asked: Kind | None) -> Kind:
    """What the file holds; InvalidInput where something else was asked for."""
    if asked and asked != bulk.kind:
        raise InvalidInput(
            "Filen «%(file)s» ser ut til å inneholde %(seen)s, ikke %(asked)s.",
            field="kind",
            file=bulk.name,
            seen=_CALLED[bulk.kind],
            asked=_CALLED[asked],
        )
    return bulk.kind


_CALLED = {"units": "enheter", "subunits": "underenheter"}


def _begin(database: Database, kind: Kind, source: str, *, now: datetime) -> int:
    return transactions.commit(database, lambda session: ledger.begin_load(session, kind, source, now=now).id)


def _fail(database: Database, load_id: int, error: BaseException, *, now: datetime) -> None:
    """Write down why; where the disk is full not even that can be done, and the sentence is enough."""

    def fail(session: Session) -> None:
        ledger.fail_load(session, load_id, sentence_of(error), now=now)

    try:
        transactions.commit(database, fail)
    except DBAPIError:
        return


def sentence_of(error: BaseException) -> str:
    if isinstance(error, CrmError):
        return str(error)
    if isinstance(error, DBAPIError):
        return f"Databasen svarte med en feil: {str(error.orig).splitlines()[0][:200]}"
    return f"Innlesingen ble avbrutt ({type(error).__name__}). Ingenting er endret."
