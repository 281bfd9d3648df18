from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.matchmaker.kinds import first_of_each, kinds_of
from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.readings import Signals

NEEDS = [
    NeedProfile(key="rehab", text="Fysioterapi etter skade", segments=("helse",), municipality_no="3420"),
    NeedProfile(key="dig", text="Graving av tomter", latitude=60.8, longitude=11.5),
]


@pytest.fixture(scope="module")
def signals(companies: list[CompanyProfile]) -> Signals:
    verdicts = [
        PastVerdict(need=need, company=company, verdict=verdict)
        for need, company, verdict in [("rehab", "physio", "yes"), ("dig", "digger", "no")]
    ]
    matchmaker = Matchmaker().fit([*companies, *companies[:2]], verdicts, needs=NEEDS)
    assert matchmaker.signals_.alike_ is not None
    return matchmaker.signals_


def test_some_of_the_companies_are_read_as_among_all(signals: Signals):
    columns = np.array([4, 1, 3])
    whole, some = signals.read(NEEDS), signals.at(columns).read(NEEDS)
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(some, field.name), getattr(whole, field.name)[:, columns])
    assert [signals.heard_of(NEEDS[0], column) for column in columns] == [
        signals.at(columns).heard_of(NEEDS[0], place) for place in range(3)
    ]


def test_the_tables_of_kinds_hold_what_is_read_of_every_company(signals: Signals):
    kinds, whole = signals.kinds(), signals.read(NEEDS)
    first = {name: first_of_each(each) for name, each in kinds.items()}
    tables = signals.heads(first).tables(NEEDS, signals.asked_rows(NEEDS))
    for name, table in tables.items():
        np.testing.assert_array_equal(table[:, kinds[name]], getattr(whole, name))


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, np.nan]), st.sampled_from("abc")), min_size=1))
def test_companies_are_of_a_kind_where_all_that_is_known_is_the_same(known: list[tuple[float, str]]):
    kinds = kinds_of(np.array([figure for figure, _ in known]), np.array([letter for _, letter in known]))
    told = [("unknown" if np.isnan(figure) else figure, letter) for figure, letter in known]
    for kind, one in zip(kinds, told, strict=True):
        assert [other == one for other in told] == (kinds == kind).tolist()
    assert [kinds.tolist().index(kind) for kind in sorted(set(kinds))] == first_of_each(kinds).tolist()
