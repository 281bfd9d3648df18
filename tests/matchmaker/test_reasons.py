from __future__ import annotations

import math
from dataclasses import replace

import pytest

from crm.matchmaker.profiles import CompanyProfile, NeedProfile, RankedCompany, Reason
from crm.matchmaker.ranking.named import Scored, rank_named, score_named
from crm.matchmaker.ranking.ranker import Matchmaker


def pair_of(ranked: list[RankedCompany], key: str) -> RankedCompany:
    return next(pair for pair in ranked if pair.company == key)


def reason_of(pair: RankedCompany, kind: str) -> Reason:
    return next(reason for reason in pair.reasons if reason.kind == kind)


def test_shared_words_are_given_as_each_side_wrote_them(
    fitted: Matchmaker, need: NeedProfile, companies: list[CompanyProfile]
) -> None:
    pair = pair_of(fitted.rank([need])[0], "physio")
    values = reason_of(pair, "shared_terms").values
    theirs = f"{companies[0].text} {companies[0].name}"
    for term in values["terms"]:
        assert term["need"] in f"{need.title} {need.text}"
        assert term["company"] in theirs
    assert {"need": "fysioterapeuter", "company": "Fysioterapi"} in values["terms"]


def test_quotes_stand_verbatim_in_both_texts(
    fitted: Matchmaker, need: NeedProfile, companies: list[CompanyProfile]
) -> None:
    values = reason_of(pair_of(fitted.rank([need])[0], "physio"), "shared_terms").values
    assert values["need_quote"] in f"{need.title}\n{need.text}"
    assert values["company_quote"] in companies[0].text


def test_words_that_share_only_their_last_part_are_no_evidence() -> None:
    companies = [
        CompanyProfile(key="a", text="Vedlikehold av vei"),
        CompanyProfile(key="b", text="Hold av hund"),
    ]
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text="Vakthold")])
    kinds = {reason.kind for reason in pair_of(ranked, "a").reasons}
    assert "shared_terms" not in kinds


@pytest.mark.parametrize(
    ("asked", "written"),
    [("vaner", "vanlige"), ("kommune", "kommunikasjon"), ("opptrening", "opptreden"), ("vanlig", "vane")],
)
def test_words_that_only_look_alike_are_not_quoted(asked: str, written: str) -> None:
    companies = [CompanyProfile(key="a", text=f"Utleie av {written}"), CompanyProfile(key="b", text="Bakeri")]
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text=asked)])
    assert "shared_terms" not in {reason.kind for reason in pair_of(ranked, "a").reasons}


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("hus", "husene"),
        ("rengjøring", "rengjøringstjenester"),
        ("gravemaskin", "maskiner"),
        ("bil", "biler"),
    ],
)
def test_words_that_are_kin_are_quoted(asked: str, written: str) -> None:
    companies = [
        CompanyProfile(key="a", text=f"Grave, utleie av {written}"),
        CompanyProfile(key="b", text="Bakeri"),
    ]
    [ranked] = Matchmaker().fit(companies).rank([NeedProfile(key="n", text=asked)])
    told = reason_of(pair_of(ranked, "a"), "shared_terms").values["terms"]
    assert [pair["need"] for pair in told] == [asked]
    assert told[0]["company"] in {written, "Grave"}


def test_a_list_without_reasons_has_the_same_companies(fitted: Matchmaker, need: NeedProfile) -> None:
    [silent], [told] = fitted.rank([need], explained=False), fitted.rank([need])
    assert silent == [replace(pair, reasons=(), against=None) for pair in told]


def test_an_industry_that_fits_is_named(fitted: Matchmaker, need: NeedProfile) -> None:
    reason = reason_of(pair_of(fitted.rank([need])[0], "clinic"), "industry")
    assert reason.values == {"code": "86.950", "name": "Fysioterapi"}


def test_another_industry_speaks_against(fitted: Matchmaker, need: NeedProfile) -> None:
    against = pair_of(fitted.rank([need])[0], "baker").against
    assert against is not None
    assert (against.kind, against.values["name"]) == ("other_industry", "Bakeri")
    assert against.contribution < 0


def test_place_segment_and_size_are_reasons(fitted: Matchmaker, need: NeedProfile) -> None:
    ranked = fitted.rank([need])[0]
    assert reason_of(pair_of(ranked, "physio"), "place").values == {"km": 0}
    assert reason_of(pair_of(ranked, "physio"), "segment").values == {"segments": ["helse"]}
    assert reason_of(pair_of(ranked, "digger"), "size").values == {"employees": 60}


def test_contributions_are_parts_of_the_score(fitted: Matchmaker, need: NeedProfile) -> None:
    pair = fitted.rank([need])[0][0]
    parts = sum(reason.contribution for reason in pair.reasons)
    small = fitted.signals_.size_.signal_[fitted.companies_.index(_company(fitted, pair.company))]
    assert pair.score == pytest.approx(fitted.bias + parts + fitted.size_weight * small, abs=1e-5)


def test_the_parts_sum_to_the_score_and_are_the_same_for_a_named_company(
    fitted: Matchmaker, need: NeedProfile
) -> None:
    ranked = fitted.rank([need])[0]
    for pair in ranked:
        assert math.fsum(pair.parts.values()) == pytest.approx(pair.score, abs=1e-5)
        assert set(pair.parts) == {"bias", *fitted.weights_}
    last = ranked[-1]
    [named] = rank_named(fitted, need, [last.company, "nobody"])
    assert named == replace(last, rank=1)
    assert rank_named(fitted, need, ["nobody"]) == []
    scored = score_named(fitted, [need], {need.key: [last.company, "nobody"], "other": []})
    assert scored == {(need.key, last.company): Scored(last.probability, last.parts)}


def _company(fitted: Matchmaker, key: str) -> CompanyProfile:
    return next(company for company in fitted.companies_ if company.key == key)


def test_reasons_stand_strongest_first(fitted: Matchmaker, need: NeedProfile) -> None:
    for pair in fitted.rank([need])[0]:
        given = [reason.contribution for reason in pair.reasons]
        assert given == sorted(given, reverse=True)
        assert all(contribution > 0 for contribution in given)


def test_a_far_company_hears_how_far(companies: list[CompanyProfile]) -> None:
    there = replace(companies[2], key="far", latitude=69.65, longitude=18.96)
    need = NeedProfile(key="n", text="Entreprenør med maskiner til graving", latitude=60.88, longitude=11.56)
    [ranked] = Matchmaker().fit([there]).rank([need])
    assert ranked[0].against.kind == "far_away"
    assert 1000 < ranked[0].against.values["km"] < 1100


def test_the_strongest_reason_against_a_perfect_match_is_that_its_size_is_unknown() -> None:
    text = "Entreprenør med maskiner til graving"
    perfect = CompanyProfile(key="a", text=text, nace=("43.120",))
    [ranked] = Matchmaker().fit([perfect]).rank([NeedProfile(key="n", text=text)])
    assert ranked[0].against.kind == "size_unknown"


def test_a_match_with_nothing_against_it_is_doubted_all_the_same() -> None:
    text = "Entreprenør med maskiner til graving"
    perfect = CompanyProfile(key="a", text=text, nace=("43.120",), employees=50)
    [ranked] = Matchmaker().fit([perfect]).rank([NeedProfile(key="n", text=text)])
    assert ranked[0].against.kind == "industry_unsure"
