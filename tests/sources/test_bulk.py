"""A bulk file is known by its content; a damaged one is named in one sentence."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from crm.errors import CrmError, InvalidInput, UpstreamError
from crm.sources.bulk import open_bulk
from crm.sources.unit_reading import read_units
from crm.sources.units import Rejected, Unit

Record = dict[str, object]
BulkOf = Callable[..., str]
HEADER = "organisasjonsnummer,navn,organisasjonsform.kode,forretningsadresse.adresse,antallAnsatte"


def read(path: str | Path) -> list[object]:
    with open_bulk(str(path)) as bulk:
        return list(read_units(bulk))


def sentence(path: str | Path) -> str:
    with pytest.raises(CrmError) as caught:
        read(path)
    text = str(caught.value)
    assert text.count("\n") == 0
    assert text.endswith(".")
    return text


def written(folder: Path, content: bytes | str, name: str = "fil") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["enheter.json", "enheter.csv", "enheter.gz"])
def test_json_is_recognised_whatever_the_file_is_called(
    tmp_path: Path, company: Record, *, packed: bool, mark: bytes, name: str
) -> None:
    content = mark + json.dumps([company]).encode()
    (unit,) = read(written(tmp_path, gzip.compress(content) if packed else content, name))
    assert isinstance(unit, Unit)


def test_a_page_of_search_results_is_read_like_a_file(tmp_path: Path, company: Record) -> None:
    page = {"_embedded": {"enheter": [company, company]}, "page": {"number": 0}}
    assert len(read(written(tmp_path, json.dumps(page)))) == 2


def test_an_empty_search_holds_no_units(tmp_path: Path) -> None:
    assert read(written(tmp_path, '{"_links": {}, "page": {"totalElements": 0}}')) == []


def test_a_single_unit_is_a_file_of_one(tmp_path: Path, company: Record) -> None:
    (unit,) = read(written(tmp_path, json.dumps(company)))
    assert isinstance(unit, Unit)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_is_read_with_its_delimiter_and_line_ends(tmp_path: Path, delimiter: str, ending: str) -> None:
    rows = [HEADER.upper(), '811111112,"FJELL ""VIND"" AS",AS,c/o Kari/nStorgata 1,7', ""]
    text = ending.join(rows).replace(",", delimiter)
    (unit,) = read(written(tmp_path, gzip.compress(b"\xef\xbb\xbf" + text.encode())))
    assert isinstance(unit, Unit)
    assert unit.name == 'FJELL "VIND" AS'
    assert unit.business_address is not None
    assert unit.business_address.lines == ("c/o Kari", "Storgata 1")
    assert unit.employees == 7


def test_a_delimiter_named_in_the_first_line_is_honoured(tmp_path: Path) -> None:
    text = f"sep=,\r\n{HEADER}\r\n811111112,A,AS,,\r\n"
    assert len(read(written(tmp_path, text))) == 1


def test_line_separators_of_unicode_do_not_end_a_row(tmp_path: Path) -> None:
    (unit,) = read(written(tmp_path, f"{HEADER}\n811111112,A\u2028B\u0085C,AS,,\n"))
    assert isinstance(unit, Unit)


def test_a_row_with_too_many_cells_is_rejected_by_its_number(tmp_path: Path) -> None:
    first, second, third = read(
        written(tmp_path, f"{HEADER}\n811111112,A,AS,,\n811111112,A,B,AS,,\n811111112,A,AS,,\n")
    )
    assert isinstance(first, Unit)
    assert isinstance(second, Rejected)
    assert second.position == 3
    assert isinstance(third, Unit)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    assert "«navn»" in sentence(written(tmp_path, "organisasjonsnummer,x\n1,2\n"))


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    assert "to ganger" in sentence(written(tmp_path, f"{HEADER},NAVN\n"))


def test_an_unclosed_quote_is_found_at_its_row(tmp_path: Path) -> None:
    rows = "811111112,A,AS,,\n" * 50_000
    assert "Rad 3 " in sentence(written(tmp_path, f'{HEADER}\n811111112,A,AS,,\n811111112,"A,AS,,\n{rows}'))


def test_a_broken_letter_in_csv_is_found_near_its_row(tmp_path: Path) -> None:
    assert "ikke UTF-8" in sentence(written(tmp_path, HEADER.encode() + b"\n811111112,BL\xe5,AS,,\n"))


@pytest.mark.parametrize("before", [0, 1, 700])
def test_broken_json_names_the_unit(tmp_path: Path, company: Record, before: int) -> None:
    good = json.dumps(company) + ","
    text = sentence(written(tmp_path, "[" + good * before + '{"navn": oops}]'))
    assert f"enhet nr. {before + 1}" in text


def test_a_file_that_ends_in_a_unit_says_so(tmp_path: Path, company: Record) -> None:
    text = sentence(written(tmp_path, "[" + json.dumps(company) + "," + json.dumps(company)[:200]))
    assert "slutter midt i enhet nr. 2" in text


def test_a_cut_gzip_file_says_after_which_unit(tmp_path: Path, company: Record) -> None:
    whole = gzip.compress(json.dumps([company | {"navn": f"N {n * 7919}"} for n in range(3000)]).encode())
    text = sentence(written(tmp_path, whole[: len(whole) // 2]))
    assert "avkortet" in text
    assert "enhet nr. " in text


def test_a_damaged_gzip_file_is_refused(tmp_path: Path, company: Record) -> None:
    whole = bytearray(gzip.compress(json.dumps([company] * 3000).encode()))
    whole[len(whole) // 2] ^= 0xFF
    sentence(written(tmp_path, bytes(whole)))


def test_a_unit_that_is_no_object_is_refused(tmp_path: Path) -> None:
    assert "Enhet nr. 1" in sentence(written(tmp_path, "[1, 2]"))


def test_not_a_number_is_not_json(tmp_path: Path) -> None:
    sentence(written(tmp_path, '[{"antallAnsatte": NaN}]'))
    sentence(written(tmp_path, '{"organisasjonsnummer": NaN}'))


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "er tom"),
        (b"\xef\xbb\xbf \n", "er tom"),
        (gzip.compress(b"", mtime=0), "er tom"),
        (b"%PDF-1.7 ...", "en PDF"),
        (zipped(), "ZIP-fil eller et Excel-ark"),
        (b"\x89PNG\r\n", "et bilde"),
        (b"<html>", "nettside"),
        ("[]".encode("utf-16"), "UTF-16"),
        (b"hei du", "verken JSON eller CSV"),
        (b"a\0,b", "verken JSON eller CSV"),
        (b"\x1f\x8b\x08nope", "skadet gzip"),
        (b'{"a": 1}', "ikke JSON fra Enhetsregisteret"),
        (b'{"_embedded": [1]}', "ikke JSON fra Enhetsregisteret"),
        (b'{"a": ', "JSON"),
    ],
)
def test_what_is_no_bulk_file_is_told_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    path = written(tmp_path, content, "enheter.csv")
    text = sentence(path)
    assert words in text
    assert str(path) in text


def test_a_missing_file_a_folder_and_a_name_that_is_none(tmp_path: Path) -> None:
    assert "Fant ikke" in sentence(tmp_path / "borte.json")
    assert "en mappe" in sentence(tmp_path)
    with pytest.raises(InvalidInput):
        read("a\0b")


def test_a_file_the_disk_will_not_give_is_no_fault_of_the_input(tmp_path: Path) -> None:
    loop = tmp_path / "ring"
    loop.symlink_to(loop)
    with pytest.raises(UpstreamError):
        read(loop)


def test_standard_input_is_read_without_winding_back(
    company: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = io.BufferedReader(io.BytesIO(gzip.compress(json.dumps([company]).encode())))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=piped))
    (unit,) = read("-")
    assert isinstance(unit, Unit)


def test_memory_does_not_grow_with_the_file(bulk_of: BulkOf, company: Record) -> None:
    def peak(count: int) -> int:
        path = bulk_of(*([company] * count), name=f"{count}.json.gz")
        tracemalloc.start()
        with open_bulk(path) as bulk:
            for _ in read_units(bulk):
                pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(4000) < 1.3 * peak(1000)
