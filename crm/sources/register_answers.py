"""Questions to the national register and its answers, apart from how they travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Generic, Literal, TypeVar

from crm.errors import InvalidInput, UpstreamError
from crm.sources.json_records import parse_document, records_of
from crm.sources.unit_reading import rejection
from crm.sources.units import Rejected, RemovedUnit, SubUnit, Unit

T = TypeVar("T", Unit, SubUnit)
Register = Literal["enheter", "underenheter"]
Json = dict[str, object]

FURTHEST_HIT = 10_000
_LARGEST_ID = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for; what is empty is not asked about. Industry codes match as prefixes."""

    name: str = ""
    orgnrs: tuple[str, ...] = ()
    municipality_no: str = ""
    industries: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    parent: str = ""

    def parameters(self) -> dict[str, str]:
        asked = {
            "navn": self.name.strip(),
            "organisasjonsnummer": ",".join(self.orgnrs),
            "kommunenummer": self.municipality_no,
            "naeringskode": ",".join(self.industries),
            "organisasjonsform": ",".join(self.forms),
            "overordnetEnhet": self.parent,
        }
        return {key: value for key, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of hits, and the hits of it that could not be read."""

    units: tuple[T, ...]
    number: int
    total: int
    total_pages: int
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the feed; ``kind`` is the register's own: Ny, Endring, Sletting, Fjernet or Ukjent."""

    id: int
    orgnr: str
    kind: str
    at: datetime


def within_reach(page: int, size: int) -> None:
    """InvalidInput past the ten thousandth hit, which the register does not give."""
    if page < 0 or size < 1 or (page + 1) * size > FURTHEST_HIT:
        raise InvalidInput("Registeret gir bare de første 10 000 treffene. Snevre inn søket.", field="page")


def page_of(body: bytes, parse: Callable[[Json], T | RemovedUnit], *, host: str) -> Page[T]:
    """A page of hits; an empty search has no list at all."""
    document = object_of(body, host=host)
    units: list[T] = []
    rejected: list[Rejected] = []
    for position, record in enumerate(_records(document, host), start=1):
        try:
            found = parse(record)
        except InvalidInput as error:
            rejected.append(rejection(position, error, orgnr=str(record.get("organisasjonsnummer"))[:9]))
        else:
            units += [] if isinstance(found, RemovedUnit) else [found]
    number, total, pages = (
        _count(document, name, host) for name in ("number", "totalElements", "totalPages")
    )
    return Page(tuple(units), number, total, pages, tuple(rejected))


def changes_of(body: bytes, *, host: str, after: int = -1) -> list[Change]:
    """The entries of one answer of the feed, oldest first; empty at its end.

    UpstreamError where they do not go on from ``after``: a feed that stands still would be read for ever.
    """
    try:
        changes = [_change(entry) for entry in _records(object_of(body, host=host), host)]
    except (KeyError, ValueError) as error:
        raise unexpected(host) from error
    numbers = [after, *(change.id for change in changes)]
    if numbers[-1] > _LARGEST_ID or any(later <= earlier for earlier, later in pairwise(numbers)):
        raise unexpected(host)
    return changes


def object_of(body: bytes, *, host: str) -> Json:
    """The JSON object of an answer; UpstreamError where it is anything else."""
    try:
        document = parse_document(body)
    except ValueError as error:
        raise unexpected(host) from error
    if not isinstance(document, dict):
        raise unexpected(host)
    return document


def unexpected(host: str) -> UpstreamError:
    return UpstreamError("%(host)s ga et svar vi ikke forstår. Ingenting er endret.", host=host)


def _records(document: Json, host: str) -> list[Json]:
    """The records of an answer, each an object; UpstreamError where one of them is anything else."""
    try:
        records = records_of(document)
    except (TypeError, ValueError) as error:
        raise unexpected(host) from error
    if not all(isinstance(record, dict) for record in records):
        raise unexpected(host)
    return records


def _change(entry: Mapping[str, object]) -> Change:
    return Change(
        id=int(str(entry["oppdateringsid"])),
        orgnr=str(entry["organisasjonsnummer"]),
        kind=str(entry["endringstype"]),
        at=datetime.fromisoformat(str(entry["dato"])),
    )


def _count(document: Json, name: str, host: str) -> int:
    place = document.get("page")
    count = place.get(name) if isinstance(place, dict) else None
    if not isinstance(count, int):
        raise unexpected(host)
    return count
