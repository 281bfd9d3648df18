from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.profiles import CompanyProfile, NeedProfile, PastVerdict, RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker

LONG = "Utleie av gravemaskin og brøyting av vei. " * 240


def order(ranked: list[RankedCompany]) -> list[str]:
    return [pair.company for pair in ranked]


def test_the_company_that_answers_the_need_comes_first(fitted: Matchmaker, need: NeedProfile) -> None:
    [ranked] = fitted.rank([need])
    assert order(ranked)[0] == "physio"


def test_a_company_of_the_same_industry_comes_before_one_of_another(
    fitted: Matchmaker, need: NeedProfile
) -> None:
    [ranked] = fitted.rank([need])
    assert order(ranked).index("clinic") < order(ranked).index("digger")


def test_ranks_count_from_one_and_scores_and_probabilities_fall_together(
    fitted: Matchmaker, need: NeedProfile
) -> None:
    [ranked] = fitted.rank([need])
    assert [pair.rank for pair in ranked] == [1, 2, 3, 4, 5]
    assert [pair.score for pair in ranked] == sorted((pair.score for pair in ranked), reverse=True)
    assert all(math.isclose(pair.probability, 1 / (1 + math.exp(-pair.score))) for pair in ranked)


def test_the_best_is_likelier_than_not_and_the_rest_are_not(fitted: Matchmaker, need: NeedProfile) -> None:
    [ranked] = fitted.rank([need])
    assert 0.5 < ranked[0].probability < 0.98
    assert ranked[-1].probability < 0.1


def test_top_limits_the_list(companies: list[CompanyProfile], need: NeedProfile) -> None:
    [ranked] = Matchmaker(top=2).fit(companies).rank([need])
    assert len(ranked) == 2


def test_ranking_before_fitting_is_refused(need: NeedProfile) -> None:
    with pytest.raises(NotFittedError):
        Matchmaker().rank([need])


def test_fit_returns_self_and_clone_carries_every_setting() -> None:
    matchmaker = Matchmaker(top=3, random_state=7, place_weight=0.9)
    assert matchmaker.fit([]) is matchmaker
    assert clone(matchmaker).get_params() == matchmaker.get_params()


def test_a_second_run_with_the_companies_in_another_order_gives_the_same(
    companies: list[CompanyProfile], need: NeedProfile, fitted: Matchmaker
) -> None:
    again = Matchmaker().fit(list(reversed(companies))).rank([need])
    assert again == fitted.rank([need])


def test_needs_ranked_together_or_alone_get_the_same_lists(fitted: Matchmaker, need: NeedProfile) -> None:
    others = [NeedProfile(key=f"n{number}", text="graving av tomt") for number in range(40)]
    assert fitted.rank([*others, need])[-1] == fitted.rank([need])[0]


def test_equal_companies_stand_by_key() -> None:
    twins = [CompanyProfile(key=key, text="Snekker") for key in ("c", "a", "b")]
    [ranked] = Matchmaker().fit(twins).rank([NeedProfile(key="n", text="snekker")])
    assert order(ranked) == ["a", "b", "c"]


def test_a_pair_refused_before_is_not_offered_again(
    companies: list[CompanyProfile], need: NeedProfile
) -> None:
    past = [PastVerdict(need="rehab", company="physio", verdict="no")]
    other = NeedProfile(key="other", text=need.text)
    first, second = Matchmaker().fit(companies, past).rank([need, other])
    assert "physio" not in order(first)
    assert "physio" in order(second)


def test_a_yes_after_a_no_opens_the_pair_again(companies: list[CompanyProfile], need: NeedProfile) -> None:
    past = [
        PastVerdict(need="rehab", company="physio", verdict="yes", at="2026-05-02"),
        PastVerdict(need="rehab", company="physio", verdict="no", at="2026-01-02"),
    ]
    [ranked] = Matchmaker().fit(companies, past).rank([need])
    assert "physio" in order(ranked)


def test_a_company_others_said_yes_to_rises_and_says_so(
    companies: list[CompanyProfile], need: NeedProfile, fitted: Matchmaker
) -> None:
    past = [PastVerdict(need=f"old{number}", company="clinic", verdict="yes") for number in range(3)]
    [ranked] = Matchmaker().fit(companies, past).rank([need])
    score = {pair.company: pair.score for pair in ranked}
    before = {pair.company: pair.score for pair in fitted.rank([need])[0]}
    clinic = ranked[order(ranked).index("clinic")]
    assert score["clinic"] > before["clinic"]
    assert any(reason.kind == "history" and reason.values["yes"] == 3 for reason in clinic.reasons)


@pytest.mark.parametrize(
    ("constraints", "gone", "kept"),
    [
        ({"max_km": 50}, {"digger"}, {"physio", "clinic", "silent"}),
        ({"min_employees": 10}, {"physio"}, {"clinic", "digger", "silent"}),
        ({"max_employees": 30}, {"digger"}, {"physio", "clinic", "silent"}),
        ({"municipalities": ["3420"]}, {"digger", "clinic"}, {"physio", "silent"}),
        ({"color": "red", "max_km": None}, set(), {"physio", "digger"}),
    ],
)
def test_a_company_known_to_break_a_constraint_is_not_offered(
    fitted: Matchmaker, need: NeedProfile, constraints: dict[str, object], gone: set[str], kept: set[str]
) -> None:
    [ranked] = fitted.rank([replace(need, constraints=constraints)])
    assert not gone & set(order(ranked))
    assert kept <= set(order(ranked))


def test_no_companies_give_empty_lists(need: NeedProfile) -> None:
    assert Matchmaker().fit([]).rank([need]) == [[]]


def test_one_company_and_a_need_without_words_do_not_break() -> None:
    [ranked] = Matchmaker().fit([CompanyProfile(key="only")]).rank([NeedProfile(key="mute")])
    assert order(ranked) == ["only"]
    assert ranked[0].probability < 0.05


def test_long_texts_emoji_and_strange_letters_are_read(need: NeedProfile) -> None:
    companies = [
        CompanyProfile(key="long", text=LONG),
        CompanyProfile(key="emoji", text="🚜🚜 \x00 \u202e ﷽"),
        CompanyProfile(key="greek", text="φυσιοθεραπεία"),
    ]
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text="🚜 gravemaskin " + LONG)])
    assert order(ranked)[0] == "long"


def test_the_same_number_in_two_standards_is_not_the_same_industry() -> None:
    weapons = [
        CompanyProfile(key=f"w{n}", text="Våpen og ammunisjon", nace=("25.400",), nace_standard="SN2007")
        for n in range(3)
    ]
    bare = CompanyProfile(key="old", nace=("25.400",), nace_standard="SN2007")
    forge = CompanyProfile(key="new", nace=("25.400",), nace_standard="SN2025")
    [ranked] = Matchmaker().fit([*weapons, bare, forge]).rank([NeedProfile(key="n", text="ammunisjon")])
    score = {pair.company: pair.score for pair in ranked}
    assert score["old"] > score["new"] + 1


def test_a_company_without_a_code_is_placed_by_its_text(companies: list[CompanyProfile]) -> None:
    foreign = CompanyProfile(key="foreign", text="Fysioterapi")
    ranked = Matchmaker().fit([*companies, foreign]).rank([NeedProfile(key="n", text="pasienter")])[0]
    score = {pair.company: pair.score for pair in ranked}
    assert score["foreign"] > score["digger"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=60))
def test_any_texts_give_a_finite_ranking_with_a_reason_against_each(texts: list[str], asked: str) -> None:
    companies = [CompanyProfile(key=str(number), text=text) for number, text in enumerate(texts)]
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text=asked)])
    assert len(ranked) == len(texts)
    assert all(math.isfinite(pair.score) and pair.against is not None for pair in ranked)
