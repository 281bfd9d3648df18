from __future__ import annotations

import pytest

from crm.matchmaker.language.glossary import in_bokmal, is_english
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker

COMPANIES = [
    CompanyProfile(key="swim", text="Undervisning i svømming", nace=("85.510",)),
    CompanyProfile(key="joiner", text="Snekkerarbeid", nace=("43.320",)),
    CompanyProfile(key="fire", text="Brannvern og slukking", nace=("84.250",)),
]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("We need a carpenter", True),
        ("Carpenters and painters for the clinic", True),
        ("Vi treng ein snikkar", False),
        ("Maling av tak", False),
        ("brand", False),
        ("", False),
    ],
)
def test_a_text_is_english_by_its_small_words(text: str, english: bool) -> None:
    assert is_english(text) is english


def test_english_words_are_found_whatever_their_ending() -> None:
    assert in_bokmal("carpenters", english=True) == in_bokmal("carpenter", english=True) == "snekker tømrer"
    assert "svømming" in in_bokmal("swimming", english=True).split()


def test_a_norwegian_word_that_looks_english_is_left_alone() -> None:
    assert in_bokmal("gift brand rest", english=False) == ""


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("We are looking for a carpenter", "joiner"),
        ("Symjing for vaksne", "swim"),
        ("The swimming lessons of our school", "swim"),
    ],
)
def test_a_need_in_english_or_nynorsk_meets_words_in_bokmal(text: str, best: str) -> None:
    [ranked] = Matchmaker().fit(COMPANIES).rank([NeedProfile(key="n", text=text)])
    assert ranked[0].company == best
