"""Graded information never gets in."""

from __future__ import annotations

from datetime import date

import pytest

from crm.errors import InvalidInput
from crm.partners.drafts import need_draft, offer_draft, parse_home_page, partner_draft, refuse_past
from crm.partners.markings import refuse_marked

TEXT = "Vi trenger noen som kan reparere telt og feltsenger raskt."


@pytest.mark.parametrize(
    "text",
    [
        "BEGRENSET",
        "Planen er HEMMELIG.",
        "STRENGT\nHEMMELIG",
        "(KONFIDENSIELT) vedlegg",
        "NATO RESTRICTED",
        "NATO/EU SECRET",
        "Dokumentet er gradert begrenset.",
        "Merket «Konfidensielt» av avsenderen",
        "sikkerhetsgradert: hemmelig",
        "ＨＥＭＭＥＬＩＧ",
        "STRENGT FORTROLIG",
        "HEMMELEG",
        "H E M M E L I G",
        "HEM\u200bMELIG",
        "STRENGT-HEMMELIG",
        "HEMMELIG_plan",
        "COSMIC TOP SECRET ATOMAL",
        "NATO-SECRET",
        "SECRET UE / EU SECRET",
        "CONFIDENTIEL UE",
        "Classified as secret",
        "gradert etter sikkerhetsloven § 5-3",
        "FORTRULEG",
        "hemmelig",
        "Nato restricted",
    ],
)
def test_a_marking_word_is_refused_and_says_whom_to_call(text: str):
    with pytest.raises(InvalidInput, match="sikkerhetslederen") as refusal:
        refuse_marked(text, field="text")
    assert refusal.value.field == "text"


@pytest.mark.parametrize(
    "text",
    [
        "Plassen er begrenset, og budsjettet hemmelig for oss.",
        "Ugradert hele veien.",
        "HEMMELIGHETER selger ikke",
        "Begrenset antall, merket med navn",
        "Dette er NATO-standard.",
        "NATO UNCLASSIFIED",
        "SECRET GARDEN AS",
        "TOP SECRET ESCAPE ROOM ENK",
        "Vi holder det hemmelig til lansering.",
        "secretary",
    ],
)
def test_ordinary_words_pass(text: str):
    refuse_marked(text, field="text")


@pytest.mark.parametrize("field", ["title", "text", "source"])
def test_every_field_of_a_need_is_looked_at(field: str):
    typed = {"title": "Telt", "text": TEXT, "source": "Møte"}
    with pytest.raises(InvalidInput) as refusal:
        need_draft(**(typed | {field: f"{typed[field]} BEGRENSET"}))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_offers_and_partners_are_looked_at_too():
    with pytest.raises(InvalidInput):
        offer_draft(title="Øvingsfelt", text="NATO SECRET")
    with pytest.raises(InvalidInput):
        partner_draft(name="Garnisonen", kind="armed_forces", about="KONFIDENSIELT")


@pytest.mark.parametrize(
    "typed", ["javascript://x.no/%0aalert(1)", "ftp://x.no", "tull", "http://[", "a b.no"]
)
def test_a_home_page_is_a_web_address(typed: str):
    with pytest.raises(InvalidInput) as refusal:
        parse_home_page(typed)
    assert refusal.value.field == "home_page"


def test_a_home_page_gets_its_scheme():
    assert parse_home_page(" www.eksempel.no ") == "https://www.eksempel.no"
    assert parse_home_page("") is None


@pytest.mark.parametrize(
    ("field", "value"), [("farthest_km", 0), ("farthest_km", 3001), ("valid_until", date(2926, 1, 1))]
)
def test_figures_that_cannot_be_are_refused(field: str, value: object):
    with pytest.raises(InvalidInput) as refusal:
        need_draft(title="Telt", text=TEXT, **{field: value})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_new_need_cannot_have_run_out():
    with pytest.raises(InvalidInput):
        refuse_past(date(2026, 11, 22), today=date(2026, 11, 23))
    refuse_past(date(2026, 11, 23), today=date(2026, 11, 23))
