from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config

from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, PastVerdict
from crm.matchmaker.ranking.blocks import Blocks
from crm.matchmaker.ranking.ranker import Matchmaker

WORDS = st.sampled_from(["graving", "fysioterapi", "gravemaskin", "og", "skade", "helsetjenester", ""])
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)
MUNICIPALITIES = st.sampled_from([None, "3420", "3403", "0301"])
POINTS = st.sampled_from([(None, None), (60.88, 11.56), (59.91, 10.75), (69.6, 18.9)])
COMPANIES = st.builds(
    dict,
    text=TEXTS,
    nace=st.lists(st.sampled_from(["43.120", "86.950", "86.902", "10.710"]), max_size=3).map(tuple),
    employees=st.sampled_from([None, 0, 4, 60]),
    municipality_no=MUNICIPALITIES,
    point=POINTS,
    segments=st.sampled_from([(), ("helse",), ("helse", "beredskap")]),
    evidence=st.sampled_from([(), (Evidence(text="Graving for kommunen"),)]),
)
NEEDS = st.builds(
    dict,
    text=TEXTS,
    municipality_no=MUNICIPALITIES,
    point=POINTS,
    segments=st.sampled_from([(), ("helse",)]),
    constraints=st.sampled_from(
        [{}, {}, {"max_km": 120}, {"min_employees": 5}, {"municipalities": ["3420"]}, {"max_employees": 3}]
    ),
)


def profiles(kind: type, drawn: Sequence[dict], letter: str) -> list:
    made = []
    for number, fields in enumerate(drawn):
        given_fields = {name: value for name, value in fields.items() if name != "point"}
        latitude, longitude = fields["point"]
        key = f"{letter}{number:03}"
        made.append(kind(key=key, latitude=latitude, longitude=longitude, **given_fields))
    return made


def the_dense_way(matchmaker: Matchmaker, needs: Sequence[NeedProfile]) -> list[list[tuple[str, float]]]:
    """Every signal of every pair, all scores, sorted; what may not be offered left out."""
    signals, lists = matchmaker.signals_, []
    reading = signals.read(needs)
    for row, need in enumerate(needs):
        scores = matchmaker.bias_ + reading.total(row, matchmaker.weights_)
        may = signals.constraints_.allowed(need, reading.kilometres[row])
        may[signals.history_.refused_.get(need.key, [])] = False
        columns = np.flatnonzero(may)
        order = columns[np.argsort(-scores[columns], kind="stable")[: matchmaker.top]]
        lists.append([(matchmaker.companies_[column].key, float(scores[column])) for column in order])
    return lists


def pairs(matchmaker: Matchmaker, needs: Sequence[NeedProfile]) -> list[list[tuple[str, float]]]:
    return [[(pair.company, pair.score) for pair in ranked] for ranked in matchmaker.rank(needs)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(COMPANIES, max_size=25),
    st.lists(NEEDS, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 24), st.sampled_from(["yes", "no"])), max_size=40),
    st.integers(1, 30),
    st.integers(1, 9),
)
def test_blocks_give_the_answers_of_the_dense_way(
    drawn: list[dict], asked: list[dict], said: list[tuple[int, int, str]], top: int, block: int
):
    companies, needs = profiles(CompanyProfile, drawn, "c"), profiles(NeedProfile, asked, "n")
    past = [
        PastVerdict(need=f"n{need:03}", company=f"c{company:03}", verdict=verdict)
        for need, company, verdict in said
    ]
    matchmaker = Matchmaker(top=top).fit(companies, past, needs=needs)
    matchmaker.blocks_ = Blocks.of(matchmaker.signals_, tuple(matchmaker.weights_), block=block)
    assert pairs(matchmaker, needs) == the_dense_way(matchmaker, needs)


def a_market(count: int = 3_000) -> tuple[list[CompanyProfile], list[NeedProfile]]:
    draw = np.random.default_rng(7)
    words = [
        f"{first}{last}" for first in ("bygg", "helse", "skog", "mat") for last in ("drift", "salg", "råd")
    ]
    codes = [f"{10 + number % 80}.{number % 9}00" for number in range(60)]

    def text() -> str:
        return " ".join(draw.choice(words, 5))

    def point() -> dict[str, float]:
        return {"latitude": float(draw.uniform(58, 64)), "longitude": float(draw.uniform(5, 12))}

    companies = [
        CompanyProfile(key=f"c{n:05}", text=text(), nace=(str(draw.choice(codes)),), **point())
        for n in range(count)
    ]
    needs = [NeedProfile(key=f"n{number:02}", text=text(), **point()) for number in range(40)]
    return companies, needs


def test_a_market_of_many_blocks_is_ranked_as_the_dense_way_does():
    companies, needs = a_market()
    matchmaker = Matchmaker(top=20).fit(companies)
    dense = the_dense_way(matchmaker, needs)
    for block in (64, 1024):
        matchmaker.blocks_ = Blocks.of(matchmaker.signals_, tuple(matchmaker.weights_), block=block)
        assert pairs(matchmaker, needs) == dense


def test_threads_and_processes_give_the_same_to_the_last_key():
    companies, needs = a_market(500)
    matchmaker = Matchmaker(top=20).fit(companies)
    alone = matchmaker.rank(needs)
    for backend in ("threading", "loky"):
        with parallel_config(backend=backend, n_jobs=2):
            assert matchmaker.rank(needs) == alone
