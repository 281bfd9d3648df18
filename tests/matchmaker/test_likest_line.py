from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crm.matchmaker.industries.industry import Industry, Told
from crm.matchmaker.industries.likest_line import LikestLine
from crm.matchmaker.language.texts import TextSpace

CLEANING, PHYSIO, BAKERY = (Industry("SN2025", code) for code in ("81.210", "86.950", "10.710"))
LINES = ["renhold gulv vinduer trapper", "rotter mus maur", "fysioterapi trening", "gulv"]
SPACE = TextSpace().fit(LINES)
TOLD = Told(SPACE.transform(LINES), [[CLEANING], [CLEANING], [PHYSIO], []])


def test_the_likest_line_counts_and_an_industry_without_lines_gets_nothing() -> None:
    found = LikestLine().fit(TOLD, [BAKERY, CLEANING, PHYSIO]).transform(SPACE.transform(["rotter", "gulv"]))
    alone = (
        LikestLine()
        .fit(Told(TOLD.rows[1:2], [[CLEANING]]), [CLEANING])
        .transform(SPACE.transform(["rotter"]))
    )
    assert found.shape == (2, 3)
    assert not found[:, 0].any()
    assert found[0, 1] > 3 * found[0, 2]
    assert found[0, 1] > 0.7 * alone[0, 0]


def test_no_lines_and_no_industries_are_fine() -> None:
    nothing = Told(SPACE.transform([]), [])
    assert not LikestLine().fit(nothing, [BAKERY]).transform(SPACE.transform(["brød"])).any()
    assert LikestLine().fit(nothing, []).transform(SPACE.transform(["brød"])).shape == (1, 0)


def test_clone_carries_the_setting_and_reading_before_fitting_is_refused() -> None:
    assert clone(LikestLine(breadth=0.2)).get_params() == {"breadth": 0.2}
    with pytest.raises(NotFittedError):
        LikestLine().transform(SPACE.transform(["brød"]))


def test_a_longer_line_is_not_likened_less_for_all_its_length() -> None:
    plain, broad = (
        LikestLine(breadth=b).fit(TOLD, [CLEANING, PHYSIO]).transform(SPACE.transform(["trapper"]))[0, 0]
        for b in (0.0, 0.5)
    )
    assert np.isfinite(broad)
    assert broad > plain
