"""The forms a list goes out in: a workbook, CSV, JSON lines for programs, cards for an address book."""

from __future__ import annotations

from typing import BinaryIO

from sqlalchemy.orm import Session

from crm.companies.drafts import CompanyFilter
from crm.exchange import companies, people
from crm.sheets.columns import Sheet, Written
from crm.sheets.csv_out import write_csv
from crm.sheets.json_out import write_json_lines
from crm.sheets.vcard_out import write_vcards
from crm.sheets.xlsx_out import write_xlsx

# Each form with its media type.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(
    form: str,
    session: Session,
    wanted: CompanyFilter,
    *,
    words: companies.Wording,
    sheet: Sheet,
    stream: BinaryIO,
) -> Written:
    """Write the companies of a list in one of ``FORMATS``; as cards, the persons at them."""
    if form == "vcf":
        return write_vcards(people.cards(session, wanted), stream)
    rows = companies.rows(session, wanted, words)
    if form == "jsonl":
        return write_json_lines(companies.NAMES, rows, stream)
    return (write_csv if form == "csv" else write_xlsx)(sheet, rows, stream)
