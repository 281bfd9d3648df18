from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.signals.meaning import LatentSpace, MeaningSignal

TEXTS = [
    "lastebil transport gods",
    "lastebil frakt gods",
    "brød kaker bakeri",
    "kaker bakeri konditor",
    "",
]


class ByAnimals:
    """Somebody's trained encoder: texts about cats here, about dogs there."""

    def encode(self, texts: Sequence[str]) -> Any:
        return np.array([["katt" in text or "pus" in text, "hund" in text] for text in texts], dtype=float)


def test_words_that_keep_the_same_company_are_near() -> None:
    space = LatentSpace(dimensions=2).fit(TEXTS)
    alike = MeaningSignal(space).fit(TEXTS).transform(["frakt", "konditor"])
    assert alike.shape == (2, 5)
    assert alike[0, 0] > alike[0, 2]
    assert alike[1, 2] > alike[1, 0]
    assert not alike[:, 4].any()


def test_the_same_texts_give_the_same_places() -> None:
    first, second = (LatentSpace(dimensions=2).fit(TEXTS).encode(TEXTS) for _ in range(2))
    assert np.array_equal(first, second)


def test_clone_carries_every_setting_and_reading_before_fitting_is_refused() -> None:
    assert clone(LatentSpace(dimensions=9, random_state=4)).get_params() == {
        "dimensions": 9,
        "random_state": 4,
    }
    with pytest.raises(NotFittedError):
        LatentSpace().encode(["a"])
    with pytest.raises(NotFittedError):
        MeaningSignal().transform(["a"])


def test_without_an_encoder_it_is_silent_and_every_company_is_of_one_kind() -> None:
    signal = MeaningSignal().fit(TEXTS)
    assert not signal.transform(["frakt"]).any()
    assert signal.kinds().tolist() == [0] * 5


def test_some_companies_read_alone_get_the_same_figures() -> None:
    whole = MeaningSignal(ByAnimals()).fit(["katt", "hund", "pus"])
    assert np.array_equal(whole.at([2, 1]).transform(["katt"]), whole.transform(["katt"])[:, [2, 1]])


def test_an_encoder_that_is_supplied_is_used_and_told_of() -> None:
    companies = [CompanyProfile(key="cat", text="katter"), CompanyProfile(key="dog", text="hunder")]
    need = NeedProfile(key="n", text="pus")
    [ranked] = Matchmaker(encoder=ByAnimals()).fit(companies).rank([need])
    assert ranked[0].company == "cat"
    assert any(reason.kind == "meaning" for reason in ranked[0].reasons)
    assert ranked[0].parts["meaning"] == pytest.approx(1.0)


def test_what_an_encoder_says_that_is_no_number_counts_for_nothing() -> None:
    class Broken:
        def encode(self, texts: Sequence[str]) -> Any:
            return np.full((len(texts), 2), np.nan)

    assert not MeaningSignal(Broken()).fit(["a"]).transform(["b"]).any()
