"""One line is read into its parts, in the words people use."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.activities.models import Kind, Outcome
from crm.search import dates
from crm.search.sentence import read

WEDNESDAY = date(2026, 11, 25)


def test_the_line_of_the_brief_is_read_whole():
    said = read("ringte Kari Eksempel om helsepark, følg opp fredag", today=WEDNESDAY)
    assert (said.kind, said.who, said.about) == (Kind.CALL, "Kari Eksempel", "Helsepark")
    assert (said.next_text, said.next_on) == ("Følg opp helsepark", date(2026, 11, 27))
    assert said.says_something


@pytest.mark.parametrize(
    ("text", "kind", "who", "at", "about"),
    [
        ("Ringde Kari frå Rullestolverkstedet", Kind.CALL, "Kari", "Rullestolverkstedet", ""),
        ("snakket med Kari om lokaler", Kind.CALL, "Kari", "", "Lokaler"),
        ("møte med Åsen Kafé: trenger nye lokaler", Kind.MEETING, "Åsen Kafé", "", "Trenger nye lokaler"),
        ("besøkte Åsen Kafé", Kind.VISIT, "Åsen Kafé", "", ""),
        ("sendte e-post til Kari Eksempel ang. avtalen", Kind.EMAIL, "Kari Eksempel", "", "Avtalen"),
        ("called Kari at Verk about rent", Kind.CALL, "Kari", "Verk", "Rent"),
        ("notat Åsen Kafé: flytter i mars", Kind.NOTE, "Åsen Kafé", "", "Flytter i mars"),
        ("Åsen Kafé", None, "Åsen Kafé", "", ""),
        ("", None, "", "", ""),
    ],
)
def test_what_was_done_and_with_whom(text: str, kind: Kind | None, who: str, at: str, about: str):
    said = read(text, today=WEDNESDAY)
    assert (said.kind, said.who, said.at, said.about) == (kind, who, at, about)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("ringte Kari, fikk ikke svar", Outcome.NOT_REACHED),
        ("ringte Kari. Ikke interessert", Outcome.NEGATIVE),
        ("ringte Kari, veldig positiv", Outcome.POSITIVE),
        ("møtte Kari, avtalte befaring", Outcome.AGREED),
        ("ringte Kari", None),
    ],
)
def test_how_it_went(text: str, outcome: Outcome | None):
    assert read(text, today=WEDNESDAY).outcome is outcome


@pytest.mark.parametrize(
    ("text", "day", "left"),
    [
        ("ring i morgen", date(2026, 11, 26), "ring"),
        ("ring i overmorgen", date(2026, 11, 27), "ring"),
        ("ring på fredag", date(2026, 11, 27), "ring"),
        ("ring onsdag", date(2026, 12, 2), "ring"),
        ("ring neste mandag", date(2026, 11, 30), "ring"),
        ("neste fredag", date(2026, 12, 4), ""),
        ("send tilbud om to uker", date(2026, 12, 9), "send tilbud"),
        ("ring om 30 dager", date(2026, 12, 28), "ring"),
        ("ring om en måned", date(2026, 12, 28), "ring"),
        ("ring neste uke", date(2026, 11, 30), "ring"),
        ("ring i uke 50", date(2026, 12, 7), "ring"),
        ("ring uke 3", date(2027, 1, 18), "ring"),
        ("ring 12. desember", date(2026, 12, 12), "ring"),
        ("ring 12.1.", date(2027, 1, 12), "ring"),
        ("ring 4. jan. 2028", date(2028, 1, 4), "ring ."),
        ("call tomorrow", date(2026, 11, 26), "call"),
        ("in two weeks", date(2026, 12, 9), ""),
    ],
)
def test_a_day_to_come(text: str, day: date, left: str):
    found = dates.coming(text, today=WEDNESDAY)
    assert found is not None
    assert found[0] == day
    assert found[1].strip(" .") == left.strip(" .")


@pytest.mark.parametrize("text", ["ring ham", "uke 60", "32.13.", "31. februar", "fredagskaffe", "midagen"])
def test_no_day_is_read_where_none_is_named(text: str):
    assert dates.coming(text, today=WEDNESDAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ringte Kari i går", date(2026, 11, 24)),
        ("møtte Kari på mandag", date(2026, 11, 23)),
        ("møtte Kari sist onsdag", date(2026, 11, 18)),
        ("ringte Kari for to dager siden", date(2026, 11, 23)),
        ("ringte Kari 20.11.", date(2026, 11, 20)),
        ("ringte Kari", None),
        ("ringte Kari, ring igjen 12. desember", None),
    ],
)
def test_a_day_gone_by(text: str, day: date | None):
    said = read(text, today=WEDNESDAY)
    assert said.happened_on == day
    assert said.who == "Kari"


@given(st.text(max_size=120), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_no_text_breaks_the_reading(text: str, today: date):
    said = read(text, today=today)
    assert said.next_on is None or said.next_on >= today or "." in text
