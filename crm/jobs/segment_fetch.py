"""Fetching the units of the segments' industries around a municipality, a few polite requests in all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from crm import clock
from crm.codes import queries as codes
from crm.codes.distances import kilometres
from crm.errors import InvalidInput, UpstreamError
from crm.jobs import register_load, transactions
from crm.jobs.register_taking import Reading
from crm.registry import ledger, queries
from crm.registry.counts import Counts
from crm.segments import queries as segments
from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.register_answers import Search
from crm.sources.units import Unit
from crm.storage.engines import Database

SOURCE = "Enhetsregisteret, søk"
NEAR_KM = 75.0
MOST_MUNICIPALITIES = 12
_PAGE = 1000


def waiting(database: Database, *, now: datetime) -> list[int]:
    """The fetchings nobody is working on, oldest first."""
    with database.Read() as session:
        asked = queries.waiting_loads(now=now, abandoned_after=ledger.LONGEST_FETCH)
        return [load.id for load in session.scalars(asked)]


def run(
    database: Database,
    api: RegisterApi | None,
    load_id: int,
    *,
    home: str = "",
    now: register_load.Now = clock.now,
) -> Counts | None:
    """Do a fetching that waits; None where another worker has it. Failures are written down and raised."""
    asked = transactions.commit(database, partial(ledger.claim_load, load_id=load_id, now=now()))
    if asked is None:
        return None
    with register_load.failure_written_down(database, load_id, now):
        units = _fetched(database, api, str(asked.get("municipality_no", "")))
        return register_load.take_in(database, load_id, units, Reading(SOURCE, home), now=now)


def fetch_segments(
    database: Database, api: RegisterApi, municipality_no: str, *, now: register_load.Now = clock.now
) -> Counts:
    """Ask for a fetching and do it at once."""

    def request(session: Session) -> int:
        return ledger.request_segments(session, municipality_no, now=now()).id

    load_id = transactions.commit(database, request)
    return run(database, api, load_id, now=now) or Counts()


def _fetched(database: Database, api: RegisterApi | None, municipality_no: str) -> list[Unit]:
    """The units, all of them before anything is written: nobody waits for the network in a transaction."""
    if api is None:
        raise UpstreamError("Programmet er satt til ikke å bruke nettet (CRM_OFFLINE).")
    with database.Read() as session:
        around = surroundings(codes.positions(session), municipality_no)
        prefixes = segments.industry_prefixes(session)
    search = Search(municipality_no=",".join(around), industries=tuple(_shortest(prefixes)))
    return list(api.find_all(search, size=_PAGE))


def _shortest(prefixes: Iterable[str]) -> Iterator[str]:
    """The beginnings that no other of them covers."""
    last = ""
    for prefix in sorted(prefixes):
        if not last or not prefix.startswith(last):
            last = prefix
            yield prefix


def surroundings(positions: dict[str, tuple[float, float]], municipality_no: str) -> list[str]:
    """A municipality and those nearest to it; InvalidInput where there is none of that number."""
    if municipality_no not in positions:
        raise InvalidInput(
            "Fant ingen kommune med nummer «%(value)s».", field="municipality_no", value=municipality_no[:10]
        )
    here = positions[municipality_no]
    near = sorted((kilometres(here, there), number) for number, there in positions.items())
    return [number for km, number in near[:MOST_MUNICIPALITIES] if km <= NEAR_KM]
