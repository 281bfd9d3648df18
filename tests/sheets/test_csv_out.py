"""A list in CSV opens in Norwegian Excel and says what it said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.orgnr import parse_orgnr
from crm.sheets.columns import Column, Kind, Sheet, Written
from crm.sheets.csv_out import write_csv
from crm.sheets.plain_text import cell_text, unguarded


def sheet(*kinds: Kind) -> Sheet:
    return Sheet("Leads", tuple(Column(f"Kolonne {n}", kind) for n, kind in enumerate(kinds)))


def raw(kind: Kind, *values: object) -> bytes:
    stream = io.BytesIO()
    write_csv(sheet(kind), [[value] for value in values], stream)
    return stream.getvalue()


def cell(kind: Kind, value: object) -> str:
    """The value's cell as a careful reader finds it."""
    text = raw(kind, value).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    return row[0] if row else ""


def test_the_file_is_what_norwegian_excel_opens() -> None:
    stream = io.BytesIO()
    done = write_csv(sheet(Kind.TEXT, Kind.DECIMAL), [["Blåbær; og æbler", 1.5], ["b", None]], stream)
    assert done == Written(rows=2, replaced=0)
    assert stream.getvalue() == (
        b"\xef\xbb\xbf" + 'Kolonne 0;Kolonne 1\r\n"Blåbær; og æbler";1,5\r\nb;\r\n'.encode()
    )


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Kind.INTEGER, 1234567, "1234567"),
        (Kind.INTEGER, -12, "-12"),
        (Kind.DECIMAL, 1234.5, "1234,5"),
        (Kind.DECIMAL, Decimal("-0.10"), "-0,10"),
        (Kind.DECIMAL, 1e-7, "0,0000001"),
        (Kind.PERCENT, 0.345, "34,5%"),
        (Kind.PERCENT, -1, "-100%"),
        (Kind.DATE, date(2026, 11, 23), "23.11.2026"),
        (Kind.DATE, date(1814, 5, 17), "17.05.1814"),
        (Kind.DATETIME, datetime(2026, 11, 23, 13, 5, tzinfo=UTC), "23.11.2026 14.05"),
        (Kind.DATETIME, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02.07.2026 00.30"),
        (Kind.DATE, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02.07.2026"),
        (Kind.BOOLEAN, True, "Ja"),
        (Kind.BOOLEAN, False, "Nei"),
        (Kind.ORGNR, "974760673", "974\u00a0760\u00a0673"),
        (Kind.ORGNR, 974760673, "974\u00a0760\u00a0673"),
        (Kind.PHONE, "+4722334455", "'+4722334455"),
        (Kind.PHONE, "22334455", "22334455"),
        (Kind.TEXT, None, ""),
        (Kind.TEXT, "0151", "'0151"),
        (Kind.TEXT, True, "Ja"),
        (Kind.TEXT, 17, "17"),
        (Kind.INTEGER, "=1+1", "'=1+1"),
        (Kind.ORGNR, "=1+1", "'=1+1"),
        (Kind.INTEGER, 10**20, "'100000000000000000000"),
        (Kind.DECIMAL, float("nan"), "nan"),
    ],
)
def test_each_kind_is_written_the_norwegian_way(kind: Kind, value: object, written: str) -> None:
    assert cell(kind, value) == written


def test_an_organisation_number_and_a_phone_are_read_back() -> None:
    assert parse_orgnr(cell(Kind.ORGNR, "974760673")) == "974760673"
    assert unguarded(cell(Kind.PHONE, "+4722334455")) == "+4722334455"


@pytest.mark.parametrize("text", ['"=1+1', ";=1+1", ",=1+1", "\n=1", 'a"b;c\nd', "a\r\n=1"])
def test_a_value_cannot_break_out_of_its_cell(text: str) -> None:
    assert unguarded(cell(Kind.TEXT, text)) == cell_text(text)[0]


def test_headers_are_neutralised_too() -> None:
    stream = io.BytesIO()
    write_csv(Sheet("Leads", (Column("=1+1"), Column("@x"))), [], stream)
    assert stream.getvalue().decode("utf-8-sig") == "'=1+1;'@x\r\n"


def test_replaced_characters_are_counted() -> None:
    assert write_csv(sheet(Kind.TEXT), [["a\x0bb"], ["c"], ["\x00"]], io.BytesIO()) == Written(
        rows=3, replaced=2
    )


def test_rows_are_written_as_they_come() -> None:
    stream = io.BytesIO()
    seen: list[int] = []

    def rows() -> Iterator[Sequence[object]]:
        for _ in range(2000):
            yield ["x" * 100]
            seen.append(stream.tell())

    write_csv(sheet(Kind.TEXT), rows(), stream)
    assert seen[1000] > 50_000
    assert not stream.closed


def test_a_row_of_the_wrong_length_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="argument"):
        write_csv(sheet(Kind.TEXT), [["a", "b"]], io.BytesIO())


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_is_recovered(texts: list[str]) -> None:
    stream = io.BytesIO()
    write_csv(sheet(*[Kind.TEXT] * len(texts)), [texts], stream)
    text = stream.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert [unguarded(found) for found in rows[1]] == [cell_text(given_)[0] for given_ in texts]
