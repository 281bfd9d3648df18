"""The list of companies as a sheet: what the page shows, with its filter, row by row as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from crm.companies.drafts import CompanyFilter
from crm.exchange.listed import COLUMNS, ListColumn, Wording, asked, sayings
from crm.sheets.columns import Column

BLOCK = 1000


def columns(wording: Wording, chosen: Iterable[ListColumn] = COLUMNS) -> tuple[Column, ...]:
    """The columns, headed in the reader's language."""
    return tuple(Column(column.header(wording), column.kind) for column in chosen)


def rows(
    session: Session, wanted: CompanyFilter, wording: Wording, chosen: Sequence[ListColumn] = COLUMNS
) -> Iterator[Sequence[object]]:
    """One row a company, in the list's own order: two questions in all, read as they are written."""
    said = sayings(session, chosen, wording)
    found = session.execute(asked(wanted, chosen), execution_options={"yield_per": BLOCK})
    for _company, *cells in found:
        for place, say in said:
            if cells[place] is not None:
                cells[place] = say(cells[place])
        yield cells
