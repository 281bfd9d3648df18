"""The forms a list goes out in: a workbook, CSV, JSON lines for programs, cards for an address book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from crm.companies.drafts import CompanyFilter
from crm.exchange import companies, people
from crm.exchange.listed import COLUMNS, ListColumn, Wording
from crm.sheets.columns import Sheet, Written
from crm.sheets.csv_out import write_csv, write_plain_csv
from crm.sheets.json_out import write_json_lines
from crm.sheets.vcard_out import write_vcards
from crm.sheets.xlsx_out import write_xlsx

# Each form with its media type.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "plain.csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Forms that hold persons, whatever columns were chosen.
PERSONAL = frozenset({"vcf"})


@dataclass(frozen=True, slots=True)
class Listing:
    """A list somebody wants as a file: which companies, which columns, in whose words."""

    wanted: CompanyFilter
    words: Wording
    title: str = ""
    about: tuple[tuple[str, str], ...] = ()
    columns: tuple[ListColumn, ...] = COLUMNS


Rows = Iterator[Sequence[object]]


def as_they_are(rows: Rows) -> Rows:
    return rows


def write(
    form: str,
    session: Session,
    listing: Listing,
    stream: BinaryIO,
    *,
    passing: Callable[[Rows], Rows] = as_they_are,
) -> Written:
    """Write the companies of a list in one of ``FORMATS``; as cards, the persons at them.

    ``passing`` sees the rows as they pass.
    """
    if form == "vcf":
        return write_vcards(people.cards(session, listing.wanted), stream)
    rows = passing(companies.rows(session, listing.wanted, listing.words, listing.columns))
    if form == "jsonl":
        return write_json_lines([column.name for column in listing.columns], rows, stream)
    sheet = Sheet(listing.title, companies.columns(listing.words, listing.columns), listing.about)
    return _WRITERS[form](sheet, rows, stream)


_WRITERS = {"csv": write_csv, "plain.csv": write_plain_csv, "xlsx": write_xlsx}
