from __future__ import annotations

import codecs
import csv
import io
import random
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import InvalidInput
from crm.sheets.opening import Wanted, look, read
from crm.sheets.tables import Form, Row, letter, shown
from tests.sheets import made

TABLE = [["Org nr", "Firma", "Sted"], ["974760673", "Åse & Sønn AS", "Ås"], ["983971709", "Blåbær AS", "Mo"]]


def rows_of(content: bytes, wanted: Wanted | None = None) -> list[Row]:
    return list(read(content, look(content, wanted).reading))


def cells_of(content: bytes, wanted: Wanted | None = None) -> list[list[str]]:
    return [list(row.cells) for row in rows_of(content, wanted)]


def as_csv(rows: list[list[str]], *, delimiter: str = ";", ending: str = "\r\n") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return stream.getvalue()


def refusal(content: bytes, wanted: Wanted | None = None) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        rows_of(content, wanted)
    return caught.value


def rows_or_sentence(content: bytes) -> list[int]:
    """The numbers of the rows; none where the file is refused in a sentence."""
    try:
        return [row.number for row in rows_of(content)]
    except InvalidInput as error:
        return [] if str(error) else [-1, -2]


class TestHowATextIsWritten:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp865", "utf-16"])
    def test_is_guessed_from_its_letters_and_rows(self, delimiter: str, encoding: str):
        content = as_csv(TABLE, delimiter=delimiter).encode(encoding)
        assert look(content).reading.delimiter == delimiter
        assert cells_of(content) == TABLE[1:]

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_is_found_in_utf_16_without_its_mark(self, encoding: str):
        content = as_csv(TABLE).encode(encoding)
        assert look(content).reading.encoding == encoding
        assert cells_of(content) == TABLE[1:]

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_has_any_line_ending(self, ending: str):
        assert cells_of(as_csv(TABLE, ending=ending).encode()) == TABLE[1:]

    def test_is_as_somebody_chose(self):
        content = "Navn,Sted\nBlåbær;AS,Mo\n".encode()
        assert cells_of(content, Wanted(delimiter=",")) == [["Blåbær;AS", "Mo"]]
        assert cells_of(content, Wanted(delimiter=",", encoding="cp1252"))[0][0] == "BlÃ¥bÃ¦r;AS"

    def test_utf_32_is_refused(self):
        assert refusal(as_csv(TABLE).encode("utf-32")).values["code"] == "ENCODING"

    def test_the_windows_euro_and_dash_are_read(self):
        assert cells_of("Navn;Sum\nÅse – Bær;5 €\n".encode("cp1252")) == [["Åse – Bær", "5 €"]]

    def test_a_first_line_that_names_the_delimiter_is_no_row(self):
        (row,) = rows_of("sep=,\nNavn,Sted\nÅse,Ås\n".encode())
        assert (row.number, row.line, row.cells) == (2, 3, ("Åse", "Ås"))

    def test_a_file_of_one_column_is_read(self):
        assert cells_of("Firma\nBlåbær AS\nÅse AS\n".encode()) == [["Blåbær AS"], ["Åse AS"]]

    def test_decimal_commas_do_not_make_a_comma_file(self):
        content = b"Navn;Sum\nA;1,5\nB;2,5\nC;3\n"
        assert look(content).reading.delimiter == ";"


class TestBrokenText:
    def test_one_broken_byte_is_an_error_of_its_row_and_column(self):
        rows = [["Firma", "Sted"], *([f"Blåbær {n}", "Ås"] for n in range(5000))]
        lines = as_csv(rows).encode().split(b"\r\n")
        lines[4999] = b"Bl\xe5b\xc3\xa6r;Mo"
        found = [row for row in rows_of(b"\r\n".join(lines)) if row.problems]
        assert [(row.number, row.problems[0].code, row.problems[0].column) for row in found] == [
            (5000, "ENCODING", 0)
        ]

    def test_a_file_cut_in_the_middle_of_a_letter_errs_in_its_last_row(self):
        found = rows_of("Firma;Sted\nÅse;Ås\nBlåbær;Å".encode()[:-1])
        assert [row.problems[0].code if row.problems else "" for row in found] == ["", "ENCODING"]

    def test_a_quote_nobody_closed_is_named_by_its_row(self):
        lines = ["Firma;Sted", *(f"Firma {n};Mo" for n in range(50_000))]
        lines[2] = '"Firma 1;Mo'
        error = refusal("\n".join(lines).encode())
        assert error.values["code"] == "QUOTE"
        assert (error.values["row"], error.values["line"]) == (3, 3)

    def test_a_nul_is_an_error_of_its_row(self):
        (row,) = rows_of(b"Firma;Sted\nA\0B;Mo\n")
        assert [(problem.code, problem.value) for problem in row.problems] == [("NUL", "A␀B")]

    def test_two_files_joined_are_told_by_the_mark_between_them(self):
        content = codecs.BOM_UTF8 + b"Firma;Sted\nA;Mo\n"
        found = [row for row in rows_of(content + content) if row.problems]
        assert [(row.number, row.problems[0].code) for row in found] == [(3, "STRAY_BOM")]

    def test_more_cells_than_headings_is_an_error_and_fewer_is_not(self):
        rows = rows_of(b"Firma;Sted\nA;Mo;x\nB\nC;Mo;\n")
        assert [[problem.code for problem in row.problems] for row in rows] == [["TOO_MANY_CELLS"], [], []]
        assert rows[1].cells == ("B", "")

    def test_a_long_cell_is_named(self):
        (row,) = rows_of(f"Firma;Notat\nA;{'x' * 200_000}\n".encode())
        assert [(problem.code, problem.column) for problem in row.problems] == [("CELL_TOO_LONG", 1)]
        assert len(row.problems[0].value) < 100

    def test_lines_of_other_alphabets_end_no_row(self):
        text = "Firma;Notat\nA;en\u2028to\u2029tre\u0085fire\n"
        assert cells_of(text.encode()) == [["A", "en\u2028to\u2029tre\u0085fire"]]

    def test_a_line_break_in_quotes_shifts_the_line_and_not_the_row(self):
        rows = rows_of(b'Firma;Notat\nA;"en\nto"\nB;tre\n')
        assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 4)]

    def test_typographic_quotes_and_comments_are_text(self):
        assert cells_of("Firma;Sted\n“A”;Mo\n#B;Mo\n".encode()) == [["“A”", "Mo"], ["#B", "Mo"]]


class TestWhatIsNoTable:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "EMPTY"),
            (b"\0\0\0", "EMPTY"),
            (b" \r\n\r\n", "EMPTY"),
            (made.gzipped(b"a;b"), "NOT_A_SHEET"),
            (b"%PDF-1.7 ...", "NOT_A_SHEET"),
            (b"\x89PNG\r\n", "NOT_A_SHEET"),
            (b"<html><table><tr><td>Navn", "NOT_A_SHEET"),
            (made.zipped({"a.txt": b"hei"}), "NOT_A_SHEET"),
        ],
    )
    def test_is_told_by_its_content(self, content: bytes, code: str):
        assert refusal(content).values["code"] == code

    def test_equal_headings_are_named_with_their_letters(self):
        error = refusal(b"Org;Navn;org\n1;2;3\n")
        assert (error.values["first"], error.values["second"]) == ("A", "C")

    def test_a_row_of_a_million_cells_is_refused(self):
        assert refusal(b";".join([b"a"] * 1_000_000)).values["code"] == "TOO_MANY_COLUMNS"

    def test_rows_beyond_the_limit_are_refused_while_they_stream(self):
        content = b"Firma\n" + b"A\n" * 1_000_000
        tracemalloc.start()
        with pytest.raises(InvalidInput) as caught:
            for _row in read(content, look(content).reading):
                pass
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert caught.value.values["code"] == "TOO_MANY_ROWS"
        assert peak < 20_000_000


class TestTheHeading:
    def test_stands_under_titles(self):
        content = as_csv([["Kunder 2026", "", ""], [], *TABLE]).encode()
        found = look(content)
        assert (found.reading.header, found.header) == (3, ("Org nr", "Firma", "Sted"))
        assert [row.number for row in rows_of(content)] == [4, 5]

    def test_is_the_row_somebody_chose(self):
        content = as_csv([["A", "B", "C"], *TABLE]).encode()
        assert cells_of(content, Wanted(header=2)) == TABLE[1:]

    def test_an_empty_row_cannot_be_it(self):
        assert refusal(b"Firma;Sted\n;\nA;B\n", Wanted(header=2)).field == "header"

    def test_is_free_of_marks_and_line_breaks(self):
        assert look('"Org\nnr";\u200bFirma\u00a0navn\nx;y\n'.encode()).header == ("Org nr", "Firma navn")


class TestWorkbooks:
    def test_typed_cells_become_the_text_people_see(self):
        content = made.workbook(
            [
                ["Org", "Ansatte", "Dag", "Tid", "Aktiv", "Sum"],
                [974760673, 12, date(2026, 11, 23), datetime(2026, 11, 23, 9, 5), True, 1.5],  # noqa: DTZ001  (a cell has no zone)
            ]
        )
        assert cells_of(content) == [["974760673", "12", "2026-11-23", "2026-11-23 09:05", "Ja", "1.5"]]

    def test_ods_is_read(self):
        assert cells_of(made.ods(TABLE)) == TABLE[1:]
        assert look(made.ods(TABLE)).reading.form is Form.ODS

    def test_rows_keep_their_numbers_and_columns_their_letters(self):
        book = openpyxl.Workbook()
        book.active["C5"], book.active["D5"] = "Firma", "Sted"
        book.active["C6"], book.active["C9"] = "Åse AS", "Blåbær AS"
        found = look(made.saved(book))
        assert found.header == ("", "", "Firma", "Sted")
        assert [(row.number, row.cells[2]) for row in rows_of(made.saved(book))] == [
            (6, "Åse AS"),
            (9, "Blåbær AS"),
        ]

    def test_error_cells_and_formulas_never_worked_out_are_errors(self):
        content = made.workbook([["Firma", "Sum"], ["A", "#N/A"], ["B", "=1+1"], ["C", 2], ["#REF!", "=1/0"]])
        found = {row.number: [(p.code, p.column) for p in row.problems] for row in rows_of(content)}
        assert found == {
            2: [("CELL_ERROR", 1)],
            3: [("FORMULA_NO_VALUE", 1)],
            4: [],
            5: [("CELL_ERROR", 0), ("FORMULA_NO_VALUE", 1)],
        }

    def test_merged_cells_are_named_by_their_range(self):
        book = openpyxl.load_workbook(io.BytesIO(made.workbook(TABLE)))
        book.active.merge_cells("B2:B3")
        found = [row.problems[0] for row in rows_of(made.saved(book))]
        assert [(problem.code, problem.value) for problem in found] == [("MERGED", "B2:B3")] * 2

    def test_hidden_sheets_are_told_and_the_first_visible_one_is_read(self):
        book = openpyxl.Workbook()
        book.active.title, book.active.sheet_state = "Skjult", "hidden"
        for row in TABLE:
            book.create_sheet("Synlig").append(row) if "Synlig" not in book.sheetnames else book[
                "Synlig"
            ].append(row)
        found = look(made.saved(book))
        assert [(sheet.name, sheet.hidden) for sheet in found.sheets] == [("Skjult", True), ("Synlig", False)]
        assert found.reading.sheet == "Synlig"

    def test_one_cell_at_the_far_corner_is_one_row(self):
        book = openpyxl.Workbook()
        book.active["XFD1048576"] = "Firma"
        assert [row.number for row in look(made.saved(book)).top] == [1_048_576]

    def test_text_is_kept_as_written(self):
        values = [
            "=1+1",
            "+47 22 00 00 00",
            "007",
            "1E5",
            "TRUE",
            "3-4",
            "«Å» – \u200b\U0001f1f3\U0001f1f4",
            "a_x000D_b",
        ]
        book = openpyxl.Workbook()
        book.active.append(["Verdi"])
        for place, value in enumerate(values, start=2):
            cell = book.active.cell(place, 1)
            cell.value, cell.data_type = value, "s"
        assert [cells[0] for cells in cells_of(made.saved(book))][:7] == values[:7]


class TestHostileWorkbooks:
    def test_a_bomb_of_rows_is_refused(self):
        began = time.monotonic()
        assert refusal(made.row_bomb(3_000_000)).values["code"] in {"TOO_MANY_ROWS", "TOO_LARGE", "TOO_HEAVY"}
        assert time.monotonic() - began < 60

    def test_two_corners_that_would_fill_the_memory_are_refused(self):
        book = openpyxl.Workbook()
        book.active["A1"], book.active["XFD1048576"] = "Firma", "x"
        assert refusal(made.saved(book)).values["code"] in {"TOO_HEAVY", "TOO_MANY_COLUMNS"}

    def test_a_directory_that_lies_is_found_out(self):
        assert refusal(made.lying(made.workbook(TABLE))).values["code"] == "DAMAGED"

    def test_parts_that_overlap_are_refused(self):
        assert refusal(made.overlapping(made.workbook(TABLE))).values["code"] == "DAMAGED"

    def test_a_check_sum_that_fails_names_its_part(self):
        error = refusal(made.damaged(made.workbook(TABLE)))
        assert error.values["code"] == "DAMAGED"
        assert "sheet1" in str(error.values.get("part", "sheet1"))

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_a_file_cut_short_is_refused(self, share: float):
        content = made.workbook(TABLE)
        assert refusal(content[: int(len(content) * share)]).values["code"] == "DAMAGED"

    @pytest.mark.parametrize(
        "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
    )
    def test_a_missing_part_is_refused(self, part: str):
        parts = made.parts_of(made.workbook(TABLE))
        del parts[part]
        assert refusal(made.zipped(parts)).values["code"] in {"DAMAGED", "EMPTY"}

    def test_too_many_parts_and_a_zip_in_a_zip_are_refused(self):
        parts = made.parts_of(made.workbook(TABLE))
        many = parts | {f"xl/media/{n}.png": b"x" for n in range(300)}
        assert refusal(made.zipped(many)).values["code"] == "TOO_MANY_PARTS"
        assert refusal(made.zipped({"inner.zip": made.zipped(parts)})).values["code"] == "NOT_A_SHEET"

    def test_a_part_that_unpacks_without_end_is_refused(self):
        parts = made.parts_of(made.workbook(TABLE)) | {"xl/media/a.bin": bytes(50_000_000)}
        assert refusal(made.zipped(parts)).values["code"] == "TOO_LARGE"

    def test_an_encrypted_part_is_told_as_such(self):
        content = made.workbook(TABLE)
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            count = len(opened.namelist())
        place = -1
        changed = bytearray(content)
        for _part in range(count):
            place = content.find(b"PK\x01\x02", place + 1)
            changed[place + 8] |= 1
        assert refusal(bytes(changed)).values["code"] == "LOCKED"


class TestRandomDamage:
    @settings(max_examples=150, deadline=None)
    @given(seed=st.integers(0, 2**32), cuts=st.integers(1, 8))
    def test_never_gives_a_text_anything_but_rows_or_a_sentence(self, seed: int, cuts: int):
        draw = random.Random(seed)  # noqa: S311  (damage, no secret)
        content = bytearray(
            as_csv(TABLE * 5, delimiter=draw.choice(";,\t|")).encode(draw.choice(["utf-8", "cp1252"]))
        )
        for _cut in range(cuts):
            content[draw.randrange(len(content))] = draw.randrange(256)
        numbers = rows_or_sentence(bytes(content))
        assert numbers == sorted(set(numbers))

    @settings(max_examples=12, deadline=None)
    @given(seed=st.integers(0, 2**32))
    def test_never_gives_a_workbook_anything_but_rows_or_a_sentence(self, seed: int):
        draw = random.Random(seed)  # noqa: S311  (damage, no secret)
        content = bytearray(made.workbook(TABLE))
        for _cut in range(draw.randrange(1, 20)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        rows_or_sentence(bytes(content))


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"), max_size=30)


@settings(max_examples=120, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_of_any_dialect_is_read_back_with_true_row_numbers(
    rows: list[list[str]], delimiter: str, encoding: str
):
    table = [["Firma", "Sted", "Notat"], *rows]
    content = as_csv(table, delimiter=delimiter).encode(encoding)
    wanted = Wanted(delimiter=delimiter, encoding="" if encoding != "utf-8" else "utf-8", header=1)
    found = {row.number: row for row in rows_of(content, wanted)}
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            read_back = tuple(cell.removeprefix("'") if cell.startswith("'") else cell for cell in cells)
            assert tuple(c.removeprefix("'") for c in found[number].cells) == read_back


def test_letters_above_columns():
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_what_may_be_a_persons_number_is_not_shown():
    assert shown("fnr 010190 12345 ok") == "fnr •••••• ••••• ok"
    assert shown("x\u202ey\x07") == "x�y␇"
