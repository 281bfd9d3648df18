"""A matchmaker kept on disk ranks as the one that was fitted, and nothing damaged or foreign is opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, PastVerdict
from crm.matchmaker.ranking.frozen import Freezer, Thawer
from crm.matchmaker.ranking.kept_matchmaker import KeptMatchmaker, keep
from crm.matchmaker.ranking.kept_profiles import KeptProfiles
from crm.matchmaker.ranking.named import rank_named
from crm.matchmaker.ranking.ranker import Matchmaker


@pytest.fixture
def market(companies: list[CompanyProfile]) -> list[CompanyProfile]:
    done = Evidence(text="Graving for kommunen", count=2, source="Doffin")
    digger = replace(companies[2], evidence=(done,), wishes="Oppdrag i Elverum")
    return [*companies[:2], digger, *companies[3:]]


def kept(folder: Path, matchmaker: Matchmaker) -> Matchmaker:
    keep(folder, matchmaker, {"code": "1"})
    found = KeptMatchmaker.newest(folder, code="1")
    assert found is not None
    assert found.facts["code"] == "1"
    return found.matchmaker


def test_what_is_opened_ranks_and_explains_as_what_was_kept(
    tmp_path: Path, market: list[CompanyProfile], need: NeedProfile
) -> None:
    needs = [replace(need, offers="Oppdrag"), NeedProfile(key="x", text="graving for kommunen")]
    said = [PastVerdict(need="rehab", company="baker", verdict="no")]
    first = Matchmaker(top=4).fit(market, said, needs=needs)
    opened = kept(tmp_path, first)
    assert opened.rank(needs) == first.rank(needs)
    assert rank_named(opened, need, ["silent"]) == rank_named(first, need, ["silent"])
    again = kept(tmp_path, opened)
    assert again.rank(needs) == first.rank(needs)
    assert len(list(tmp_path.glob("[0-9]*"))) == 1


@pytest.mark.parametrize("count", [0, 1, 1500])
def test_markets_of_any_size_are_kept(tmp_path: Path, count: int) -> None:
    market = [
        CompanyProfile(key=f"{n:05}", text=f"Graving nummer {n}", nace=(f"{10 + n % 80}.100",))
        for n in range(count)
    ]
    first = Matchmaker().fit(market)
    needs = [NeedProfile(key="n", text="graving nummer 7")]
    assert kept(tmp_path, first).rank(needs) == first.rank(needs)


def test_nothing_is_opened_that_is_damaged_or_of_other_code(tmp_path: Path, fitted: Matchmaker) -> None:
    assert KeptMatchmaker.newest(tmp_path) is None
    place = keep(tmp_path, fitted, {"code": "1"})
    assert KeptMatchmaker.newest(tmp_path, code="2") is None
    array = max(place.glob("*.npy"), key=lambda path: path.stat().st_size)
    array.write_bytes(array.read_bytes()[:-1] + b"?")
    assert KeptMatchmaker.newest(tmp_path, code="1") is None


def test_profiles_come_back_as_they_were(market: list[CompanyProfile]) -> None:
    profiles = KeptProfiles.of(market)
    assert list(profiles) == market
    assert profiles[1:3] == market[1:3]
    assert profiles[-1] == market[-1]
    with pytest.raises(IndexError):
        profiles[len(market)]


def test_plain_values_are_thawed_as_they_were_and_shared_ones_stay_shared() -> None:
    shared = [1, 2]
    for value in (
        {("a", 1): [None, True, 2.5, "é"]},
        Counter("abba"),
        frozenset({"x"}),
        list(range(3000)),
        [f"ord {n}" for n in range(3000)],
        [shared] * 3000,
        (np.float32(1.5).item(), ()),
    ):
        freezer = Freezer({})
        told = freezer.freeze(value)
        assert Thawer(freezer.arrays, {}).thaw(told) == value


def test_what_is_not_ours_is_neither_kept_nor_made() -> None:
    with pytest.raises(TypeError):
        Freezer({}).freeze(Path())
    for told in ({"is": "os:system", "number": 0, "state": {}}, {"eval": "1"}):
        with pytest.raises(ValueError, match=r"ours|known"):
            Thawer({}, {}).thaw(told)
