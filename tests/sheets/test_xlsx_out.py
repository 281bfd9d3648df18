"""A list in XLSX holds typed cells and nothing alive."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook

from crm.errors import InvalidInput
from crm.sheets import xlsx_out
from crm.sheets.columns import Column, Kind, Sheet, Written
from crm.sheets.plain_text import cell_text
from crm.sheets.xlsx_out import safe_title, write_xlsx

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\u200b=1", "\uff1d1",
    "=cmd|'/c calc'!A0", '=HYPERLINK("http://x","y")', '"=1+1', ";=1+1", "\n=1", "{=1+1}", "http://x.example",
    "mailto:a@b.example",
    "internal:Ark!A1", "007", "12345678901234567890", "1E5", "TRUE", "3-4", "",
]  # fmt: skip


def opened(stream: io.BytesIO) -> Workbook:
    stream.seek(0)
    return openpyxl.load_workbook(stream)


def cell(kind: Kind, value: object) -> tuple[object, str, str]:
    stream = io.BytesIO()
    write_xlsx(Sheet("Leads", (Column("K", kind),)), [[value]], stream)
    found = opened(stream)["Leads"]["A2"]
    return found.value, found.data_type, found.number_format


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.TEXT, "Blåbær", ("Blåbær", "s", "@")),
        (Kind.ORGNR, "974760673", ("974760673", "s", "@")),
        (Kind.ORGNR, 974760673, ("974760673", "s", "@")),
        (Kind.PHONE, "+4722334455", ("+4722334455", "s", "@")),
        (Kind.INTEGER, -12, (-12, "n", "0")),
        (Kind.DECIMAL, Decimal("1.5"), (1.5, "n", "#,##0.00")),
        (Kind.PERCENT, 0.345, (0.345, "n", "0.0%")),
        (Kind.DATE, date(2026, 11, 23), (datetime(2026, 11, 23), "d", "dd.mm.yyyy")),  # noqa: DTZ001
        (
            Kind.DATETIME,
            datetime(2026, 11, 23, 13, 5, tzinfo=UTC),
            (datetime(2026, 11, 23, 14, 5), "d", "dd.mm.yyyy hh:mm"),  # noqa: DTZ001
        ),
        (Kind.DATE, date(1814, 5, 17), ("17.05.1814", "s", "@")),
        (Kind.BOOLEAN, True, ("Ja", "s", "@")),
        (Kind.INTEGER, "tolv", ("tolv", "s", "@")),
        (Kind.INTEGER, 10**20, ("100000000000000000000", "s", "@")),
        (Kind.DECIMAL, float("inf"), ("inf", "s", "@")),
        (Kind.DECIMAL, Decimal("NaN"), ("NaN", "s", "@")),
        (Kind.TEXT, None, (None, "n", "General")),
    ],
)
def test_each_kind_is_a_typed_cell(kind: Kind, value: object, expected: tuple[object, str, str]) -> None:
    assert cell(kind, value) == expected


def test_no_formula_and_no_link_comes_out_of_hostile_text() -> None:
    columns = tuple(Column(text or "tom") for text in HOSTILE)
    stream = io.BytesIO()
    write_xlsx(Sheet("=1+1", columns, (("=1", "@x"),)), [HOSTILE], stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any(
        "<f" in text.replace("<fo", "").replace("<fi", "")
        for name, text in parts.items()
        if "sheets/" in name
    )
    assert not any("hyperlink" in text for text in parts.values())
    book = opened(stream)
    for row in book.worksheets[0].iter_rows():
        assert {found.data_type for found in row} <= {"s", "n"}
        assert [unescape(str(found.value or "")) for found in row if found.row > 1] in (
            [],
            [cell_text(text)[0] for text in HOSTILE],
        )


def test_the_header_stays_in_sight_and_can_be_filtered() -> None:
    stream = io.BytesIO()
    columns = (Column("Navn"), Column("Ansatte", Kind.INTEGER))
    assert write_xlsx(Sheet("Leads", columns), [["a", 1], ["b" * 90, 2]], stream) == Written(2, 0)
    page = opened(stream)["Leads"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"
    assert page["A1"].font.b
    assert 8 <= page.column_dimensions["B"].width < page.column_dimensions["A"].width <= 62


def test_a_second_sheet_says_how_the_list_came_to_be() -> None:
    stream = io.BytesIO()
    about = (("Filter", "Fase er møte"), ("Hentet av", "Kari"), ("Antall", "2"))
    write_xlsx(Sheet("Leads", (Column("Navn"),), about), [], stream)
    book = opened(stream)
    assert book.sheetnames == ["Leads", "Om lista"]
    assert tuple(book["Om lista"].iter_rows(values_only=True)) == about


def test_control_characters_are_shown_and_counted() -> None:
    stream = io.BytesIO()
    done = write_xlsx(Sheet("Leads", (Column("K"),)), [["a\x0bb"], ["\ud800\uffff"]], stream)
    assert done == Written(rows=2, replaced=2)
    assert [found.value for found in opened(stream)["Leads"]["A"]] == ["K", "a␋b", "\ufffd\ufffd"]


def test_a_cell_holds_no_more_than_it_can() -> None:
    value, _, _ = cell(Kind.TEXT, "x" * 40_000)
    assert isinstance(value, str)
    assert len(value) == 32_767


@pytest.mark.parametrize(
    ("title", "safe"),
    [
        ("Leads", "Leads"),
        ("Helse: a/b [c] *d? \\e", "Helse a b c d e"),
        ("x" * 40, "x" * 31),
        ("'quoted'", "quoted"),
        ("", "Liste"),
        ("History", "Liste"),
        ("om LISTA", "Liste"),
        ("\x00", "␀"),
    ],
)
def test_titles_are_such_as_a_spreadsheet_allows(title: str, safe: str) -> None:
    assert safe_title(title) == safe


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 2)
    with pytest.raises(InvalidInput, match="plass til 2 rader"):
        write_xlsx(Sheet("Leads", (Column("K"),)), [["a"]] * 3, io.BytesIO())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=30), st.text(max_size=40))
def test_any_text_is_a_text_cell_and_recovered(texts: list[str], title: str) -> None:
    stream = io.BytesIO()
    write_xlsx(Sheet(title, (Column("K"),)), [[text] for text in texts], stream)
    found = opened(stream).worksheets[0]["A"][1:]
    assert len(found) <= len(texts)
    for cell_, text in zip(found, texts, strict=False):
        assert cell_.data_type in {"s", "n"}
        assert unescape(cell_.value or "") == cell_text(text)[0]


def test_a_title_is_cut_as_spreadsheets_count_and_never_through_a_sign():
    title = safe_title("0" * 30 + "𐀀")
    assert title == "0" * 30
