"""How sure a suggestion is, as figures that sum."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.matches.models import Suggestion
from crm.web.matches.sums import in_hundredths, sum_in_words
from tests.web.test_matches import REASONS, run_round
from tests.world import World

PARTS = {"bias": -5.0, "text": 1.604, "industry": 4.804, "place": -0.204, "history": 0.0}


@given(st.lists(st.floats(-20, 20), max_size=9))
def test_the_hundredths_shown_sum_to_the_sum_shown(figures: list[float]):
    shown = in_hundredths(figures)
    assert sum(shown) == round(100 * sum(figures))
    assert all(abs(100 * figure - whole) <= 1.5 for figure, whole in zip(figures, shown, strict=True))


def test_bars_stand_one_after_the_other_and_end_at_the_sum(app: Flask):
    with app.test_request_context():
        added = sum_in_words(PARTS)
    assert added is not None
    assert [line.name for line in added.lines] == [
        "Utgangspunktet",
        "Bransjen",
        "Like ord og emner",
        "Avstanden",
    ]
    assert [line.figure for line in added.lines] == ["−5,00", "+4,80", "+1,60", "−0,20"]
    assert added.total == "+1,20"
    bias, industry, text, place = added.lines
    assert (bias.start, bias.start + bias.width) == (0, pytest.approx(added.zero, abs=0.1))
    assert industry.start == 0
    assert text.start == pytest.approx(industry.width, abs=0.1)
    assert place.start + place.width == pytest.approx(text.start + text.width, abs=0.1)
    assert not place.adds


def test_the_card_tells_what_adds_up(developer: FlaskClient, db: Session, site: World):
    run_round(db, site)
    assert "Hvorfor så sikkert?" not in developer.get("/matches/").text  # an older round kept no parts
    path = ["Industri", "Produksjon av medisinsk utstyr"]
    values = {"code": "32.500", "name": path[1], "path": path}
    for suggestion in db.scalars(select(Suggestion)):
        suggestion.parts = PARTS
        suggestion.reasons = [{"kind": "industry", "contribution": 4.8, "values": values}, *REASONS[2:]]
    db.commit()
    page = developer.get("/matches/").text
    assert page.count("Hvorfor så sikkert?") == 2
    card = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("Hvorfor så sikkert?")[1]))
    assert "Utgangspunktet −5,00 Bransjen +4,80" in card
    assert "Sum 62 % sikkert +1,20" in card
    assert "Industri › Produksjon av medisinsk utstyr" in page
