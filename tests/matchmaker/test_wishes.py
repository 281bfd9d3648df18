from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.language.texts import TextSpace
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.signals.wishes import WishesSignal
from crm.matchmaker.wording import in_words

TRADE = "Snekker og tømrer"
COMPANIES = [
    CompanyProfile(key="both", text=TRADE, wishes="Lokaler og verksted til leie"),
    CompanyProfile(key="one", text=TRADE, wishes="Investor med kapital"),
    CompanyProfile(key="quiet", text=TRADE),
]
NEED = NeedProfile(key="n", text="Vi trenger en snekker", offers="Verksted og lokaler til leie")
SPACE = TextSpace().fit([TRADE, NEED.offers, COMPANIES[1].wishes])


def test_clone_carries_every_setting_and_reading_before_fitting_is_refused() -> None:
    assert clone(WishesSignal(half=0.5, even=0.1)).get_params() == {"half": 0.5, "even": 0.1}
    with pytest.raises(NotFittedError):
        WishesSignal().transform([NEED])


def test_a_wish_the_partner_can_meet_speaks_for_another_against_and_none_is_silent() -> None:
    [found] = WishesSignal().fit(COMPANIES, SPACE).transform([NEED])
    assert found[0] > 0.2
    assert found[1] < -0.2
    assert found[2] == 0


def test_nothing_offered_leaves_every_company_where_it_stood() -> None:
    assert not WishesSignal().fit(COMPANIES, SPACE).transform([NeedProfile(key="n")]).any()
    assert WishesSignal().fit([], SPACE).transform([NEED]).shape == (1, 0)


def test_some_companies_read_alone_get_the_same_figures() -> None:
    whole = WishesSignal().fit(COMPANIES, SPACE)
    assert np.array_equal(whole.at([2, 0]).transform([NEED]), whole.transform([NEED])[:, [2, 0]])
    assert whole.kinds().tolist() == [1, 2, 0]


def test_the_match_both_sides_want_comes_first_and_the_one_sided_last() -> None:
    [ranked] = Matchmaker().fit(COMPANIES).rank([NEED])
    assert [pair.company for pair in ranked] == ["both", "quiet", "one"]
    both, _, one = ranked
    assert "Partneren tilbyr noe virksomheten ser etter." in [in_words(reason) for reason in both.reasons]
    assert one.against is not None
    assert in_words(one.against) == "Virksomheten ser etter noe annet enn det partneren tilbyr."
    for pair in ranked:
        assert sum(pair.parts.values()) == pytest.approx(pair.score, abs=1e-6)
