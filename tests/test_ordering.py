"""Rows are ordered by hand with one key written a move, for as long as anybody has the patience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm.ordering import LONGEST, key_between, key_on_top

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@given(st.lists(st.integers(min_value=0, max_value=200), max_size=120))
def test_every_row_lands_where_it_was_put(places: list[int]):
    keys: list[str] = [key_on_top(NOW)]
    for place in places:
        at = place % (len(keys) + 1)
        above = keys[at - 1] if at else None
        below = keys[at] if at < len(keys) else None
        made = key_between(above, below)
        assert made is not None
        assert len(made) <= LONGEST
        keys.insert(at, made)
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=20_000)))
def test_what_is_moved_later_stands_above(later: timedelta):
    assert key_on_top(NOW + later) < key_on_top(NOW)


def test_there_is_no_room_between_equal_or_turned_keys():
    assert key_between("m", "m") is None
    assert key_between("n", "m") is None
    assert key_between("a", "a0") is None
