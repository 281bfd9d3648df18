"""Texts kept as words come to the rows they stand for, and to sums and bounds of these."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from crm.matchmaker.index.worded import LOGS, at_most, hear, likeness
from crm.matchmaker.language.text_rows import holders_of, in_order
from crm.matchmaker.language.texts import TextSpace, similarities

WORDS = st.sampled_from(
    ["graving", "gravemaskin", "maskiner", "fysioterapi", "trening", "trenere", "ø", "og"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_a_likeness_is_the_products_to_the_last_bit_and_never_above_its_bound(
    written: list[str], asked: list[str]
) -> None:
    space = TextSpace()
    rows = space.fit_rows(written)
    needs = space.transform(asked)
    told = similarities(needs, rows)
    holders, terms = holders_of(rows.texts), len(rows.texts.rarity)
    for number, need in enumerate(needs):
        alike = np.zeros((len(rows.texts.begins) - 1, 2), dtype=np.float32)
        hear(rows.texts, holders, (need.indices.astype(np.uint32), need.data), alike)
        room = np.zeros(terms, dtype=np.int64), np.empty(terms, dtype=np.int64)
        dense = need.toarray()[0]
        for row in range(len(rows)):
            assert likeness(rows.texts, LOGS, row, dense, room) == told[number, row]
            assert at_most(rows.texts, LOGS, row, alike) >= told[number, row]


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_rows_stay_the_same_in_another_order_and_sum_up_by_group(written: list[str], draw: Random) -> None:
    rows = TextSpace().fit_rows(written)
    order = np.array(draw.sample(range(len(written)), len(written)))
    turned = in_order(rows.texts, order)
    assert (rows[order] != type(rows)(turned, np.arange(len(order)))[:]).nnz == 0
    groups = sparse.csr_matrix(np.array([[1] * len(written), [0] * len(written)], dtype=np.float32))
    summed = rows.sums(groups)
    assert np.allclose(summed.toarray()[0], rows[:].toarray().sum(axis=0), atol=1e-5)
    assert summed[1].nnz == 0


def test_a_word_a_thousand_times_weighs_little_more_than_once() -> None:
    rows = TextSpace().fit_rows(["graving " * 70_000, "graving"])
    [[both]] = similarities(rows[[0]], rows.among([1]))
    assert both > 0.99
