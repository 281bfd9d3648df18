"""Opening a bulk file of the register: gzipped or plain, JSON or CSV, told apart by content, never by name.

``with open_bulk(path) as bulk`` gives a :class:`BulkFile` whose ``records`` come one at a time, so that
two million units need no more memory than two.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast

from crm.errors import InvalidInput
from crm.sources.bytestream import read_head
from crm.sources.csv_records import csv_records
from crm.sources.files import opened, unreadable
from crm.sources.json_records import json_records
from crm.sources.units import Rejected

Layout = Literal["json", "csv"]
Kind = Literal["units", "subunits"]
Record = tuple[int, dict[str, object] | Rejected]

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_SUBUNIT_MARKS = (b"beliggenhetsadresse", b'"BEDR"', b'"AAFY"', b'"underenheter"')
_FOREIGN = (
    (b"%PDF", "en PDF"),
    (b"PK", "en ZIP-fil eller et Excel-ark"),
    (b"\xd0\xcf\x11\xe0", "et gammelt Excel- eller Word-dokument"),
    (b"\x89PNG", "et bilde"),
    (b"\xff\xd8", "et bilde"),
    (b"\x28\xb5\x2f\xfd", "pakket med zstd, ikke gzip"),
    (b"BZh", "pakket med bzip2, ikke gzip"),
    (b"\xfd7zXZ", "pakket med xz, ikke gzip"),
    (b"\xff\xfe", "i UTF-16, ikke UTF-8"),
    (b"\xfe\xff", "i UTF-16, ikke UTF-8"),
    (b"<", "en nettside eller XML"),
)


@dataclass(frozen=True, slots=True)
class BulkFile:
    """An open file: how it is laid out, what it seems to hold, and its records."""

    name: str
    layout: Layout
    kind: Kind
    stream: BinaryIO

    def records(self) -> Iterator[Record]:
        """Each record with its place: the unit's number in JSON, the sheet's row in CSV (the header is 1)."""
        reader = json_records if self.layout == "json" else csv_records
        place = "enhet nr." if self.layout == "json" else "rad"
        done = 0
        try:
            for done, record in reader(self.stream, self.name):
                yield done, record
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidInput(
                "Filen «%(file)s» er avkortet eller skadet etter %(place)s %(number)s. Hent den på nytt.",
                field="file",
                file=self.name,
                place=place,
                number=done,
            ) from error
        except OSError as error:
            raise unreadable(self.name) from error


@contextmanager
def open_bulk(path: str) -> Iterator[BulkFile]:
    """The bulk file at ``path``, or on standard input for ``-``.

    InvalidInput says in one sentence what the file is where it is no bulk file; UpstreamError where the
    disk will not give it.
    """
    if path == "-":
        yield _recognised(sys.stdin.buffer, "standard inn")
        return
    with opened(path) as raw:
        yield _recognised(raw, path)


def _recognised(raw: BinaryIO, name: str) -> BulkFile:
    try:
        head, stream = read_head(raw)
        if head.startswith(_GZIP):
            head, stream = read_head(cast("BinaryIO", gzip.GzipFile(fileobj=stream)))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InvalidInput(
            "Filen «%(file)s» er en skadet gzip-fil. Hent den på nytt.", field="file", file=name
        ) from error
    except OSError as error:
        raise unreadable(name) from error
    if head.startswith(_BOM):
        head = head.removeprefix(_BOM)
        stream.read(len(_BOM))
    kind: Kind = "subunits" if any(mark in head for mark in _SUBUNIT_MARKS) else "units"
    return BulkFile(name, _layout(head, name), kind, stream)


def _layout(head: bytes, name: str) -> Layout:
    start = head.lstrip()
    if not start:
        raise InvalidInput("Filen «%(file)s» er tom.", field="file", file=name)
    for magic, what in _FOREIGN:
        if start.startswith(magic):
            raise InvalidInput(
                "Filen «%(file)s» er %(what)s. Bruk JSON- eller CSV-filen fra Enhetsregisteret.",
                field="file",
                file=name,
                what=what,
            )
    if start[:1] in {b"[", b"{"}:
        return "json"
    if b"\0" not in start and any(mark in start.splitlines()[0] for mark in (b",", b";", b"\t", b"sep=")):
        return "csv"
    raise InvalidInput(
        "Filen «%(file)s» er verken JSON eller CSV fra Enhetsregisteret.", field="file", file=name
    )
