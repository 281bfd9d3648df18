"""Norwegian names compared and sorted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import clock, spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bærum", "baerum"),
        ("Ørsta", "OERSTA"),
        ("Århus", "aarhus"),
        ("Café", "CAFE"),
        ("A\u00a0 B", "a b"),
        ("Ås\u200b", "ås"),
    ],
)
def test_spellings_of_the_same_name_meet(one: str, other: str):
    assert spelling.fold(one) == spelling.fold(other)


def test_names_sort_as_norwegians_sort():
    names = ["Ås", "Aas", "Zorn", "Ærø", "Øyer", "Alta"]
    assert sorted(names, key=spelling.sort_key) == ["Alta", "Zorn", "Ærø", "Øyer", "Ås", "Aas"]


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str):
    assert spelling.fold(spelling.fold(text)) == spelling.fold(text)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-12-28", "2026-W53"),
        ("2027-01-01", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2024-12-30", "2025-W01"),
    ],
)
def test_weeks_follow_the_iso_year(day: str, week: str):
    moment = clock.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert clock.iso_week(moment) == week


def test_the_round_is_due_at_six_in_norway_summer_and_winter():
    assert clock.round_moment("2026-W48").isoformat() == "2026-11-23T05:00:00+00:00"
    assert clock.round_moment("2026-W27").isoformat() == "2026-06-29T04:00:00+00:00"


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_letters_take_a_shorter_way_to_the_same_keys(text: str):
    invisible = f"{text}\u200b"
    assert spelling.tidy(text) == spelling.tidy(invisible)
    assert spelling.sort_key(text) == spelling.sort_key(invisible)
