from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crm.errors import InvalidInput, UpstreamError
from crm.matchmaker.files import rank_files, read_companies, read_needs, read_verdicts

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, *lines: object) -> Path:
        path = tmp_path / name
        path.write_text(
            "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8"
        )
        return path

    return put


COMPANIES = (
    {"key": "b", "text": "Fysioterapi", "nace": ["86.950"], "employees": 4, "unheard": {"of": 1}},
    {"key": "a", "text": "Graving", "nace": None, "municipality_no": "3420"},
)
NEEDS = (
    {"key": "n1", "text": "fysioterapeut"},
    {"key": "n2", "text": "graving", "constraints": {"max_km": 9}},
)


def test_the_ranking_is_written_best_first_with_reasons_in_words(write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert rank_files(write("c", *COMPANIES), write("n", *NEEDS), out, top=5) == 4
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["need"], line["company"], line["rank"]) for line in lines] == [
        ("n1", "b", 1),
        ("n1", "a", 2),
        ("n2", "a", 1),
        ("n2", "b", 2),
    ]
    assert set(lines[0]) == {"need", "company", "rank", "score", "probability", "reasons", "against"}
    assert lines[2]["reasons"][0] == "Begge skriver om «graving»."
    assert lines[0]["against"].endswith(".")


def test_a_verdict_no_keeps_the_pair_out(write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    past = write("v", {"need": "n1", "company": "b", "verdict": "no", "at": "2026-01-01"})
    assert rank_files(write("c", *COMPANIES), write("n", *NEEDS), out, top=5, verdicts=past) == 3


def test_top_limits_the_lines_of_each_need(write: Write, tmp_path: Path) -> None:
    assert rank_files(write("c", *COMPANIES), write("n", *NEEDS), tmp_path / "o", top=1) == 2


def test_empty_files_give_an_empty_ranking(write: Write, tmp_path: Path) -> None:
    assert rank_files(write("c"), write("n", *NEEDS), tmp_path / "o", top=3) == 0
    assert (tmp_path / "o").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("{", "Linje 2 i c er ikke gyldig JSON: feil ved tegn 2."),
        ('{"key": "x", "text": NaN}', "Linje 2 i c er ikke gyldig JSON: NaN er ikke et tall i JSON."),
        ("[" * 100_000, "Linje 2 i c er ikke gyldig JSON"),
        ("[1]", "Linje 2 i c må være et objekt med felter, fikk [1]."),
        ({"text": "x"}, "Linje 2 i c mangler feltet «key»."),
        ({"key": " ", "text": "x"}, "feltet «key» må være en tekst som ikke er tom"),
        ({"key": "x"}, "Linje 2 i c mangler feltet «text»."),
        ({"key": "x", "text": 3}, "Linje 2 i c: feltet «text» må være en tekst, fikk 3."),
        ({"key": "x", "text": "", "nace": "86.9"}, "feltet «nace» må være en liste av tekster, fikk"),
        ({"key": "x", "text": "", "employees": "4"}, "feltet «employees» må være et helt tall fra 0 og opp"),
        ({"key": "x", "text": "", "employees": True}, "feltet «employees» må være et helt tall"),
        ({"key": "x", "text": "", "employees": -1}, "feltet «employees» må være et helt tall"),
        ({"key": "x", "text": "", "latitude": "60"}, "feltet «latitude» må være et tall"),
        ({"key": "x", "text": "", "nace_standard": "SIC"}, "må være «SN2025» eller «SN2007», fikk"),
        ({"key": "a", "text": "x"}, "Linje 2 i c: nøkkelen «a» står allerede på linje 1."),
    ],
)
def test_a_broken_company_line_is_named_by_its_number(write: Write, line: object, part: str) -> None:
    path = write("c", {"key": "a", "text": "x"}, line)
    with pytest.raises(InvalidInput) as caught:
        list(read_companies(path))
    assert part in str(caught.value)


@pytest.mark.parametrize(
    "constraints", ["near", {"max_km": "far"}, {"municipalities": "3420"}, {"min_employees": [1]}]
)
def test_constraints_of_the_wrong_type_are_refused(write: Write, constraints: object) -> None:
    with pytest.raises(InvalidInput, match="Linje"):
        list(read_needs(write("n", {"key": "n", "text": "x", "constraints": constraints})))


@pytest.mark.parametrize("verdict", [{}, {"verdict": "maybe"}, {"verdict": None}, {"verdict": ["yes"]}])
def test_a_verdict_is_yes_or_no(write: Write, verdict: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="Linje 1 i v"):
        list(read_verdicts(write("v", {"need": "n", "company": "c", **verdict})))


def test_bytes_that_are_no_utf8_are_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_bytes('{"key": "a", "text": "Bærum"}\n'.encode() + b'{"key": "b", "text": "B\xe6rum"}\n')
    with pytest.raises(InvalidInput) as caught:
        list(read_companies(path))
    assert str(caught.value).startswith("Linje 2 i c er ikke gyldig JSON: teksten er ikke UTF-8")


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_bytes(b'\xef\xbb\xbf{"key": "a", "text": "x"}\r\n\r\n  \n{"key": "b", "text": ""}')
    assert [company.key for company in read_companies(path)] == ["a", "b"]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="kan ikke leses"):
        list(read_companies(tmp_path / "nowhere"))


def test_a_broken_line_leaves_the_old_ranking_and_nothing_beside_it(write: Write, tmp_path: Path) -> None:
    out = write("out", "old")
    with pytest.raises(InvalidInput):
        rank_files(write("c", "{"), write("n", *NEEDS), out, top=3)
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "n", "out"]


def test_a_folder_that_is_not_there_is_said_so(write: Write, tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="kan ikke skrives"):
        rank_files(write("c", *COMPANIES), write("n", *NEEDS), tmp_path / "no" / "o", top=3)


def test_half_a_letter_in_a_text_does_not_stop_the_ranking(write: Write, tmp_path: Path) -> None:
    odd = '{"key": "o\\ud800", "text": "graving \\ud800"}'
    assert rank_files(write("c", odd), write("n", *NEEDS), tmp_path / "o", top=3) == 2
