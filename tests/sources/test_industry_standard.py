"""Codes tell which standard they are of, as far as they can."""

from __future__ import annotations

from crm.sources.industry_standard import ONLY_SN2007, ONLY_SN2025, guess_standard


def test_the_majority_decides() -> None:
    assert guess_standard(["62.010", "56.101", "62.100"]) == "SN2007"
    assert guess_standard(["62.100", "56.110", "62.010"]) == "SN2025"


def test_where_nothing_tells_it_is_the_standard_of_today() -> None:
    assert guess_standard([]) == "SN2025"
    assert guess_standard(["25.400", "86.101"]) == "SN2025"


def test_complete_code_lists_are_believed_before_our_short_ones() -> None:
    assert guess_standard(["62.100"], known_2007={"62.100"}, known_2025={"99.999"}) == "SN2007"


def test_no_code_is_on_both_lists_and_the_lists_are_short() -> None:
    assert not ONLY_SN2007 & ONLY_SN2025
    assert len(ONLY_SN2007 | ONLY_SN2025) <= 60
