"""The board report counts what was done in a year, and says so in plain words."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.activities.models import Kind
from crm.companies.models import Stage
from crm.errors import InvalidInput
from crm.reporting.board import board_report
from crm.reporting.counts import counts
from crm.reporting.documents import Paragraphs, Table
from crm.reporting.period import Period
from crm.reporting.wording import Wording
from crm.segments.models import Segment
from tests.reporting.conftest import TODAY, at
from tests.world import World

YEAR = Period.of_year(2026, today=TODAY)


def plain(sentence: str, /, **values: object) -> str:
    return sentence % values if values else sentence


WORDS = Wording(say=plain, language="nb")


def test_a_year_under_way_is_held_against_the_same_days_of_the_year_before():
    assert (YEAR.last, YEAR.whole) == (TODAY, False)
    assert YEAR.year_before() == Period(date(2025, 1, 1), date(2025, 11, 25))
    assert Period.of_year(2024, today=TODAY).whole
    leap = Period.of_year(2024, today=date(2024, 2, 29))
    assert leap.year_before().last == date(2023, 2, 28)


@pytest.mark.parametrize("year", [1999, 2027, 0])
def test_a_year_that_has_not_begun_is_refused(year: int):
    with pytest.raises(InvalidInput):
        Period.of_year(year, today=TODAY)


def test_what_was_done_is_counted_in_its_own_year(session: Session, told: World):
    now, before = counts(session, YEAR), counts(session, YEAR.year_before())
    assert now.kinds == {Kind.CALL: 1, Kind.MEETING: 1}
    assert before.kinds == {Kind.CALL: 1}
    assert (now.contacted, now.meetings, now.introductions, now.met) == (1, 1, 1, 1)
    assert (now.new_leads, before.new_leads) == (0, 1)
    assert (before.introductions, before.suggestions.suggested) == (0, 0)


def test_a_pair_suggested_twice_counts_once_with_its_firmest_answer(session: Session, told: World):
    share = counts(session, YEAR).suggestions
    assert (share.suggested, share.yes, share.no) == (1, 1, 0)


def test_stages_are_those_of_the_end_of_the_period(session: Session, told: World):
    assert counts(session, YEAR).stages == {Stage.ESTABLISHED: 1}
    assert counts(session, YEAR.year_before()).stages == {Stage.IDENTIFIED: 1}
    assert counts(session, YEAR).established == ("Rullestolverkstedet AS",)


def test_a_segment_counts_what_is_its_own(session: Session, told: World):
    ids = {segment.code: segment.id for segment in session.scalars(select(Segment))}
    assert counts(session, YEAR, segment_id=ids["helse"]).contacts == 2
    other = counts(session, YEAR, segment_id=ids["beredskap"])
    assert (other.leads, other.contacts, other.introductions, other.suggestions.suggested) == (0, 0, 0, 0)


def test_the_report_says_it_in_words_and_tables(session: Session, told: World):
    document = board_report(session, YEAR, WORDS, now=at(2026, 11, 25))
    assert document.title == "Styrerapport 2026"
    assert document.about == "1. januar 2026 – 25. november 2026, mot samme tid i 2025"
    short = document.parts[0]
    assert isinstance(short, Paragraphs)
    assert "Kontakter logget: 2. Virksomheter nådd: 1. Kontaktene er 1 flere enn i 2025." in short.sentences
    tables = {part.heading: part for part in document.parts if isinstance(part, Table)}
    contacts = {row[0]: row[1:] for row in tables["Kontakter logget"].rows}
    assert contacts["Møte"] == ("1", "0", "+1")
    by_segment = {row[0]: row[1:] for row in tables["Etter satsingsområde"].rows}
    assert by_segment["Helse"] == ("1 (1)", "0 (1)", "2 (1)", "1 (0)", "1 (0)", "1 (0)")


def test_a_year_without_anything_is_told_as_such(session: Session):
    document = board_report(session, YEAR, WORDS, now=at(2026, 11, 25))
    short = document.parts[0]
    assert isinstance(short, Paragraphs)
    assert short.sentences == ("Det er ikke logget noe for 2026.",)
