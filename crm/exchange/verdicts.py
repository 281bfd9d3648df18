"""A verdict on each row before anything is written: what it would make, what it would change, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from crm.exchange.cases import Case
from crm.exchange.cells import MASKED, RowReader, Values, masked
from crm.exchange.known import known
from crm.exchange.models import Answer
from crm.exchange.names import Alike, Names
from crm.exchange.remarks import Remark, of_field, of_problem
from crm.exchange.rulings import Answers, Docket, Ruling
from crm.sheets.tables import Row


class Judge:
    """Judges the rows of one file, in their order, a block at a time."""

    def __init__(self, reader: RowReader, *, keep: Collection[str] = ()) -> None:
        self._reader = reader
        self._session: Session | None = None
        self._docket = Docket(frozenset(keep), self._like)
        self._names: Names | None = None

    @property
    def conflicts(self) -> list[tuple[int, Remark]]:
        """Earlier rows, by number, that a later one speaks against: they are to be rejected as well."""
        return self._docket.conflicts

    def judge(
        self, session: Session, rows: Sequence[Row], answers: Mapping[int, Answers] | None = None
    ) -> Iterator[Ruling]:
        """A ruling a row; ``answers`` hold what was said of duplicates, by row number."""
        self._session = session
        given = answers or {}
        read = [self._read(row) for row in rows]
        chosen = {one[1] for said in given.values() for one in said.values() if one[0] is Answer.SAME}
        about = known(session, [values for _ruling, values in read], chosen)
        for ruling, values in read:
            if not any(remark.error for remark in ruling.remarks):
                Case(self._docket, about, ruling, values, given.get(ruling.number, {})).decide()
            yield ruling

    def _read(self, row: Row) -> tuple[Ruling, Values]:
        cells, hidden = masked(row.cells)
        values = self._reader.read(cells)
        ruling = Ruling(row.number, row.line, cells)
        ruling.remarks = [of_problem(problem) for problem in row.problems] + values.remarks
        ruling.remarks += [of_field("PERSONAL_ID", MASKED, column, error=False) for column in hidden]
        return ruling, values

    def _like(self, name_key: str, municipality_no: str | None) -> Alike | None:
        """A company of ours with a name like this; the names are read when first asked for."""
        if self._names is None and self._session is not None:
            self._names = Names(self._session)
        return self._names.like(name_key, municipality_no) if self._names else None
