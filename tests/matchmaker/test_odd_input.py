"""``match rank`` on what nobody would hand it on purpose: a sensible answer, with and without a bridge."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm.matchmaker.files import rank_files
from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.industries.register_bridge import Described, RegisterBridge

Record = dict[str, Any]
Rank = Callable[[list[Record], list[Record]], list[str]]
PHYSIO = {"key": "physio", "text": "Fysioterapi og opptrening", "nace": ["86.950"]}
DIGGER = {"key": "digger", "text": "Graving av tomter", "nace": ["43.120"]}
SILENT = {"key": "a-silent", "text": ""}
COMPANIES = [PHYSIO, DIGGER, SILENT]
NEED = {"key": "n", "text": "Vi trenger en fysioterapeut"}


@pytest.fixture(scope="module")
def learned() -> RegisterBridge:
    units = [
        Described(f"{number}", f"{trade['text']} {number}", (Industry("SN2025", trade["nace"][0]),))
        for number, trade in enumerate([PHYSIO, DIGGER] * 20)
    ]
    return RegisterBridge().fit(units)


@pytest.fixture(params=["alone", "with a bridge"])
def rank(request: pytest.FixtureRequest, learned: RegisterBridge, tmp_path: Path) -> Rank:
    """Ranks records for the first need, whose companies are given best first; checks every figure."""
    register = learned if request.param == "with a bridge" else None

    def ranked(companies: list[Record], needs: list[Record]) -> list[str]:
        for name, records in (("c", companies), ("n", needs)):
            lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
            (tmp_path / name).write_text(lines, encoding="utf-8")
        out = tmp_path / "out"
        count = rank_files(tmp_path / "c", tmp_path / "n", out, top=5, register=register)
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert count == len(lines) == len(needs) * min(5, len(companies))
        for line in lines:
            assert 0 < line["probability"] < 1
            assert line["against"]
        return [line["company"] for line in lines if line["need"] == needs[0]["key"]]

    return ranked


@pytest.mark.parametrize(
    "text",
    [
        "fysioterapi",
        "FYSIOTERAPI!!!",
        "fysio-\nterapi",
        "We need a physiotherapist for our patients",
        "Vi treng fysioterapeutar som kan hjelpe sjuke heime",
        "fysyoterapeut",
        "Vi trenger en fysioterapeut til opptrening. " * 2300,
    ],
    ids=["one word", "shouted", "cut", "english", "nynorsk", "misspelt", "100 000 characters"],
)
def test_a_need_however_written_finds_its_company(rank: Rank, text: str):
    assert rank(COMPANIES, [{"key": "n", "text": text}])[0] == "physio"


@pytest.mark.parametrize("text", ["", " \n\t ", "🎈 !!! 123", "vi og de som er", "x", "q" * 100_000])
def test_a_need_that_says_nothing_gives_companies_by_key(rank: Rank, text: str):
    assert rank(COMPANIES, [{"key": "n", "text": text}]) == ["a-silent", "digger", "physio"]


def test_no_company_and_no_need_give_nothing(rank: Rank):
    assert rank([], [NEED]) == []
    assert rank([SILENT], [NEED]) == ["a-silent"]


def test_equal_companies_stand_by_key(rank: Rank):
    equal = [PHYSIO | {"key": f"k{number:03}"} for number in range(50)]
    random.Random(0).shuffle(equal)  # noqa: S311  (no secret)
    assert rank(equal, [NEED]) == [f"k{number:03}" for number in range(5)]


def test_a_company_of_a_hundred_thousand_characters_is_one_among_others(rank: Rank):
    long = DIGGER | {"key": "long", "text": "Graving og sprenging av tomter med maskiner. " * 2300}
    assert rank([*COMPANIES, long], [NEED])[0] == "physio"
    assert rank([*COMPANIES, long], [{"key": "n", "text": "sprenging"}])[0] == "long"


def test_codes_that_are_none_are_no_hindrance(rank: Rank):
    odd = {"key": "odd", "text": "Bakeri", "nace": ["", "  ", "abc", "86", "1" * 300]}
    assert rank([*COMPANIES, odd], [NEED])[0] == "physio"


def test_a_company_nothing_is_known_of_is_not_given_the_only_industry_there_is(rank: Rank):
    stranger = {"key": "a-stranger", "text": "Qvyxwzk"}
    assert rank([PHYSIO, stranger], [NEED]) == ["physio", "a-stranger"]


def test_thousands_of_different_words_in_every_text_are_ranked_too(rank: Rank):
    draw = random.Random(0)  # noqa: S311  (no secret)
    words = ["".join(draw.choices("aeiodrlnstk", k=7)) for _ in range(1500)]
    wordy = [{"key": f"k{number}", "text": " ".join(draw.sample(words, 1200))} for number in range(5)]
    assert len(rank(wordy, [{"key": "n", "text": " ".join(words)}])) == 5
