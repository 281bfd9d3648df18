"""The national register's open API: search, a single unit, and the feed of what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx

from crm.errors import InvalidInput, NotFound
from crm.orgnr import parse_orgnr
from crm.sources.http import MEGABYTE, Downloaded, Unanswered, download, fetch
from crm.sources.outbound import Outbound
from crm.sources.register_answers import (
    FURTHEST_HIT,
    Change,
    Json,
    Page,
    Register,
    Search,
    T,
    changes_of,
    object_of,
    page_of,
    unexpected,
    within_reach,
)
from crm.sources.unit_records import subunit_from, unit_from
from crm.sources.units import RemovedUnit, SubUnit, Unit

BASE_URL = "https://data.brreg.no/enhetsregisteret/api"
_GONE, _UNKNOWN = 410, 404
_ENTRIES = 10_000
_LARGEST_PAGE = 40 * MEGABYTE
_LARGEST_FILE = 1000 * MEGABYTE


@dataclass(frozen=True, slots=True)
class RegisterApi:
    """The register as ``outbound`` may ask it; ``demo`` lets in the made-up number series."""

    outbound: Outbound
    base_url: str = BASE_URL
    demo: bool = False

    @property
    def host(self) -> str:
        return httpx.URL(self.base_url).host

    def find(self, search: Search, *, page: int = 0, size: int = 20) -> Page[Unit]:
        """One page of units; InvalidInput past the ten thousandth hit."""
        return self._page("enheter", search, partial(unit_from, demo=self.demo), page=page, size=size)

    def find_subunits(self, search: Search, *, page: int = 0, size: int = 20) -> Page[SubUnit]:
        """One page of sub-units: where a company from elsewhere has a workplace here."""
        return self._page("underenheter", search, partial(subunit_from, demo=self.demo), page=page, size=size)

    def find_all(self, search: Search, *, size: int = 100) -> Iterator[Unit]:
        """All hits the register gives, page by page, at the pace ``outbound`` allows."""
        for number in range(FURTHEST_HIT // size):
            page = self.find(search, page=number, size=size)
            yield from page.units
            if number + 1 >= page.total_pages:
                return

    def unit(self, orgnr: str) -> Unit | RemovedUnit:
        """A unit, a dissolved one with ``dissolved_on``; NotFound where the register never had it."""
        return self._one("enheter", orgnr, partial(unit_from, demo=self.demo))

    def subunit(self, orgnr: str) -> SubUnit | RemovedUnit:
        """A sub-unit, as for a unit."""
        return self._one("underenheter", orgnr, partial(subunit_from, demo=self.demo))

    def named(self, register: Register, numbers: Sequence[str]) -> Page[Unit] | Page[SubUnit]:
        """The units of these numbers, in one request; those the register does not list are not among them."""
        search = Search(orgnrs=tuple(numbers))
        if register == "enheter":
            return self.find(search, size=len(numbers))
        return self.find_subunits(search, size=len(numbers))

    def whole_file(
        self,
        register: Register,
        target: Path,
        *,
        etag: str | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Downloaded:
        """All units in one gzipped file at ``target``; not fetched again while its ``etag`` is the newest."""
        return download(
            f"{self.base_url}/{register}/lastned",
            target,
            outbound=self.outbound,
            max_bytes=_LARGEST_FILE,
            etag=etag,
            progress=progress,
        )

    def change_pages(
        self, register: Register = "enheter", *, after: int | None = None, since: datetime | None = None
    ) -> Iterator[list[Change]]:
        """What the feed has told after an entry, or since an aware moment: up to 10,000 entries at a time.

        The feed holds some 24 million entries: one of the two is demanded.
        """
        if (after is None) == (since is None):
            raise ValueError("give either after or since")
        parameters, last = _start(after, since), after or 0
        while True:
            body = self._get(f"oppdateringer/{register}", parameters | {"size": str(_ENTRIES)})
            entries = changes_of(body, host=self.host, after=last)
            if entries:
                yield entries
            if len(entries) < _ENTRIES:
                return
            last = entries[-1].id
            parameters = _start(last, None)

    def changes(
        self, register: Register = "enheter", *, after: int | None = None, since: datetime | None = None
    ) -> Iterator[Change]:
        """The entries of the feed one by one, oldest first, to its end."""
        for entries in self.change_pages(register, after=after, since=since):
            yield from entries

    def _page(
        self,
        register: Register,
        search: Search,
        parse: Callable[[Json], T | RemovedUnit],
        *,
        page: int,
        size: int,
    ) -> Page[T]:
        within_reach(page, size)
        body = self._get(register, search.parameters() | {"page": str(page), "size": str(size)})
        return page_of(body, parse, host=self.host)

    def _one(
        self, register: Register, orgnr: str, parse: Callable[[Json], T | RemovedUnit]
    ) -> T | RemovedUnit:
        number = parse_orgnr(orgnr, demo=self.demo)
        try:
            body = self._get(f"{register}/{number}", {})
        except Unanswered as error:
            if error.status == _GONE:
                return RemovedUnit(orgnr=number)
            if error.status == _UNKNOWN:
                raise NotFound("Registeret kjenner ikke %(orgnr)s.", field="orgnr", orgnr=number) from error
            raise
        try:
            found = parse(object_of(body, host=self.host))
        except InvalidInput as error:
            raise unexpected(self.host) from error
        if found.orgnr != number:
            raise unexpected(self.host)
        return found

    def _get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return fetch(f"{self.base_url}/{path}{query}", outbound=self.outbound, max_bytes=_LARGEST_PAGE)


def _start(after: int | None, since: datetime | None) -> dict[str, str]:
    if since is None:
        return {"oppdateringsid": str((after or 0) + 1)}
    return {"dato": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}
