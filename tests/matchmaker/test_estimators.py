from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.industries.industry import Industry, IndustryBridge
from crm.matchmaker.industries.joined_bridge import JoinedBridge
from crm.matchmaker.language.chars import CharTfidf
from crm.matchmaker.language.norwegian import CompoundSplitter, stem, words
from crm.matchmaker.language.texts import TextSpace
from crm.matchmaker.language.words import WordTfidf
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.readings import Signals
from crm.matchmaker.signals.constraints import Constraints
from crm.matchmaker.signals.form import FormSignal
from crm.matchmaker.signals.history import History
from crm.matchmaker.signals.place import PlaceSignal, travel_minutes
from crm.matchmaker.signals.segment import SegmentSignal
from crm.matchmaker.signals.size import SizeSignal

TEXTS = ["Fysioterapi og trening", "Salg av maskiner", "Graving og sprenging"]
TEXT_SIGNALS = [WordTfidf(split_compounds=False), CharTfidf(longest=5), TextSpace(word_share=0.4)]
COMPANY_SIGNALS = [
    PlaceSignal(neutral_minutes=80),
    SizeSignal(neutral=5),
    SegmentSignal(),
    FormSignal(),
    History(doubt=1.0),
]
NEED = NeedProfile(key="n", text="trening", municipality_no="3420", segments=("helse",))


def dense(matrix: Any) -> Any:
    return np.asarray(matrix.todense())


@pytest.mark.parametrize(
    "signal", [*TEXT_SIGNALS, *COMPANY_SIGNALS, Constraints(), IndustryBridge(), JoinedBridge(), Signals()]
)
def test_clone_carries_every_setting(signal: Any) -> None:
    assert clone(signal).get_params() == signal.get_params()


@pytest.mark.parametrize("signal", TEXT_SIGNALS)
def test_a_text_signal_refuses_before_fitting(signal: Any) -> None:
    with pytest.raises(NotFittedError):
        clone(signal).transform(TEXTS)


@pytest.mark.parametrize("signal", COMPANY_SIGNALS)
def test_a_company_signal_refuses_before_fitting(signal: Any) -> None:
    with pytest.raises(NotFittedError):
        clone(signal).transform([NEED])


def test_the_bridge_and_the_whole_refuse_before_fitting() -> None:
    with pytest.raises(NotFittedError):
        IndustryBridge().transform(TextSpace().fit(TEXTS).transform(TEXTS))
    with pytest.raises(NotFittedError):
        Signals().read([NEED])


@pytest.mark.parametrize("signal", TEXT_SIGNALS)
def test_a_text_signal_fits_itself_and_twice_gives_the_same(signal: Any) -> None:
    first, second = clone(signal), clone(signal)
    assert first.fit(TEXTS) is first
    assert (dense(first.transform(TEXTS)) == dense(second.fit(TEXTS).transform(TEXTS))).all()


@pytest.mark.parametrize("signal", TEXT_SIGNALS)
def test_other_texts_than_the_fitted_get_rows_of_the_same_width(signal: Any) -> None:
    fitted = clone(signal).fit(TEXTS)
    other = fitted.transform(["maskinen", "", "🎈", "x" * 10_000])
    assert other.shape == (4, fitted.transform(TEXTS).shape[1])
    assert dense(other)[1:3].sum() == 0


@pytest.mark.parametrize("signal", TEXT_SIGNALS)
@pytest.mark.parametrize("texts", [[], [""], ["og av det"], ["🎈"]])
def test_texts_without_words_fit(signal: Any, texts: list[str]) -> None:
    fitted = clone(signal).fit(texts)
    assert fitted.transform(["trening"]).sum() == 0
    assert fitted.transform([]).shape[0] == 0


@pytest.mark.parametrize("signal", COMPANY_SIGNALS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_company_signal_has_a_figure_for_each_need_and_company(signal: Any, count: int) -> None:
    companies = [CompanyProfile(key=str(number)) for number in range(count)]
    fitted = clone(signal)
    assert fitted.fit(companies) is fitted
    assert fitted.transform([NEED, NEED]).shape == (2, count)


def test_inflections_compounds_and_nynorsk_meet_as_words() -> None:
    signal = WordTfidf().fit(["graving", "maskiner", "regnskapet", "grav"])
    similar = dense(
        signal.transform(["gravmaskin", "rekneskap"]) @ signal.transform(["maskinene", "regnskap"]).T
    )
    assert similar[0, 0] > 0
    assert similar[1, 1] > 0
    assert similar[0, 1] == 0


def test_misspelled_words_meet_by_their_letters() -> None:
    signal = CharTfidf().fit(TEXTS)
    similar = dense(signal.transform(["fysiotrapi"]) @ signal.transform(TEXTS).T)[0]
    assert similar.argmax() == 0


def test_statutory_phrases_carry_no_words() -> None:
    text = "Frisør, og annet som naturlig faller sammen med dette, herunder å delta i andre selskaper"
    assert [word.written for word in words(text)] == ["Frisør"]


def test_a_word_knows_where_it_stands() -> None:
    text = "Salg av aksjer. Drift av kafé"
    [word] = words(text)
    assert text[word.start : word.end] == word.written == "kafé"


def test_a_binding_letter_is_not_part_of_a_compound() -> None:
    parts = CompoundSplitter({"arbeid": 1, "miljø": 1}).parts("arbeidsmiljø")
    assert parts == (stem("arbeid"), stem("miljø"))


def test_an_ending_is_no_part_of_a_compound() -> None:
    assert CompoundSplitter({"ing": 9, "behandl": 1}).parts("behandling") == ()


def test_the_bridge_finds_the_industry_of_an_unseen_text() -> None:
    space = TextSpace().fit(TEXTS)
    industries = [(Industry("SN2025", "86.950"),), (Industry("SN2025", "46.620"),), ()]
    bridge = JoinedBridge().fit(space.transform(TEXTS), industries)
    asked = ["treningen", "🎈"]
    assert bridge.guess(space.transform(asked), asked) == [(Industry("SN2025", "86.950"),), ()]


def test_the_bridge_fits_without_any_industry() -> None:
    rows = TextSpace().fit(TEXTS).transform(TEXTS)
    bridge = IndustryBridge().fit(rows, [(), (), ()])
    assert bridge.transform(rows).shape == (3, 0)
    assert JoinedBridge().fit(rows, [()] * 3).guess(rows, TEXTS) == [(), (), ()]


def test_place_goes_by_distance_else_by_municipality_else_is_silent() -> None:
    near = {"latitude": 60.88, "longitude": 11.56}
    companies = [
        CompanyProfile(key="point", **near),
        CompanyProfile(key="same", municipality_no="3420"),
        CompanyProfile(key="county", municipality_no="3403"),
        CompanyProfile(key="other", municipality_no="0301"),
        CompanyProfile(key="unknown"),
    ]
    need = NeedProfile(key="n", municipality_no="3420", **near)
    [signal] = PlaceSignal().fit(companies).transform([need])
    assert signal[0] == pytest.approx(1)
    assert list(signal[1:]) == [0.8, 0.2, -0.2, 0]


def test_elverum_is_about_a_hundred_and_sixteen_kilometres_from_oslo() -> None:
    oslo = CompanyProfile(key="c", latitude=59.9139, longitude=10.7522)
    elverum = NeedProfile(key="n", latitude=60.8819, longitude=11.5623)
    assert PlaceSignal().fit([oslo]).kilometres([elverum])[0, 0] == pytest.approx(116, abs=2)


def test_travel_takes_longer_the_farther_and_slower_near_than_far() -> None:
    minutes = travel_minutes(np.array([0.0, 1.0, 2.0, 100.0, 101.0, np.nan]))
    assert minutes[0] == 0
    assert minutes[2] - minutes[1] > minutes[4] - minutes[3] > 0
    assert np.isnan(minutes[5])


def test_a_housing_cooperative_seldom_offers_anything_and_an_unknown_form_is_silent() -> None:
    forms = ["AS", "BRL", " esek ", None, ""]
    companies = [CompanyProfile(key=str(place), form=form) for place, form in enumerate(forms)]
    assert FormSignal().fit(companies).transform([NEED])[0].tolist() == [0, -1, -1, 0, 0]


def test_size_rises_with_employees_and_doubts_the_unknown() -> None:
    companies = [CompanyProfile(key=str(n), employees=n) for n in (None, 0, 10, 100, 10**7)]
    [signal] = SizeSignal().fit(companies).transform([NEED])
    assert list(signal) == pytest.approx([-0.3, -0.5, 0, 0.5, 1])


def test_fitting_and_transforming_in_one_go_gives_the_same_rows() -> None:
    at_once = TextSpace().fit_transform(TEXTS)
    assert (dense(at_once) == dense(TextSpace().fit(TEXTS).transform(TEXTS))).all()
