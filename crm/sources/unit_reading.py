"""Units and sub-units from an open bulk file or from an answer of the register, one at a time.

A record that cannot be read is handed on as :class:`Rejected`, so that one bad unit stops nobody; damage
to the file itself is raised as one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from crm.errors import InvalidInput
from crm.sources.bulk import BulkFile
from crm.sources.unit_records import subunit_from, unit_from
from crm.sources.units import Rejected, RemovedUnit, SubUnit, Unit

T = TypeVar("T")


def read_units(bulk: BulkFile, *, demo: bool = False) -> Iterator[Unit | RemovedUnit | Rejected]:
    """Main units; ``demo`` lets in the made-up number series 2 and 3."""
    return _read(bulk, partial(unit_from, demo=demo))


def read_subunits(bulk: BulkFile, *, demo: bool = False) -> Iterator[SubUnit | RemovedUnit | Rejected]:
    """Sub-units; ``demo`` as for units."""
    return _read(bulk, partial(subunit_from, demo=demo))


def _read(bulk: BulkFile, parse: Callable[[dict[str, object]], T]) -> Iterator[T | Rejected]:
    for position, record in bulk.records():
        if isinstance(record, Rejected):
            yield record
            continue
        try:
            yield parse(record)
        except InvalidInput as error:
            yield rejection(position, error)


def rejection(position: int, error: InvalidInput, *, orgnr: str = "") -> Rejected:
    """What was wrong with a record, as a row of a list of what could not be read."""
    value = str(error.values.get("value", ""))
    return Rejected(position=position, field=error.field or "", value=value, message=str(error), orgnr=orgnr)
