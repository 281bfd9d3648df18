from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.matchmaker.language.focus import focus
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker


@pytest.mark.parametrize(
    ("text", "asked", "setting"),
    [
        ("Vaktmester til borettslag og omsorgsboliger.", "Vaktmester", "borettslag og omsorgsboliger"),
        ("Kommunen trenger maling av gulv på skolen", "maling av gulv", "trenger skolen"),
        ("Konkurranse om rammeavtale: kjøp av elsykler", "om av elsykler", ""),
        ("Tilbud", "Tilbud", ""),
        ("Sjukehuset treng nokon som kan reparere heisar", "nokon heisar", "reparere Sjukehuset treng"),
        ("Payroll and bookkeeping for a sports club", "Payroll bookkeeping", "sports club"),
        ("Hjelp til flytting av kontorer", "Hjelp flytting av kontorer", ""),
        ("Reparasjon av tak på bedehuset", "av tak", "Reparasjon bedehuset"),
        ("Råte i veggen, vi trenger en snekker", "Råte vi trenger en snekker", "veggen"),
        ("", "", ""),
        ("vi trenger", "vi trenger", ""),
    ],
)
def test_what_is_asked_for_is_told_from_whom_and_where_it_is_for(text: str, asked: str, setting: str) -> None:
    assert focus(text) == (asked, setting)


@given(st.text(max_size=200))
def test_any_text_is_parted_without_a_word_standing_twice(text: str) -> None:
    found = focus(text)
    assert len(found.asked) + len(found.setting) <= len(text) + 1
    assert found.asked or not found.setting


def test_the_one_who_can_comes_before_the_like_of_the_one_who_asks() -> None:
    companies = [
        CompanyProfile(key="library", text="Bibliotek med bøker til utlån", nace=("91.110",)),
        CompanyProfile(key="cafe", text="Kafé og kaffebar", nace=("56.110",)),
    ]
    need = NeedProfile(key="n", text="Noen som kan drifte kafé på biblioteket.")
    [ranked] = Matchmaker().fit(companies).rank([need])
    assert ranked[0].company == "cafe"
