"""News is what has changed in the world, not in the register's way of writing it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crm.registry.differences import News, between

TODAY = date(2026, 11, 23)
TOLD: dict[str, Any] = {
    "orgnr": "974760673",
    "name": "RULLESTOLVERKSTEDET AS",
    "municipality_no": "3420",
    "municipality": "ELVERUM",
    "country": "Norge",
    "address": "Storgata 1, 2406 ELVERUM",
    "postal_code": "2406",
    "place": "ELVERUM",
    "industry": "32.500",
    "industry_name": "Produksjon av medisinsk utstyr",
    "industry_standard": "SN2025",
    "industry_2025": "32.500",
    "employees": 12,
    "home_page": "www.verk.no",
    "bankrupt": False,
    "bankrupt_on": None,
    "winding_up": False,
    "winding_up_on": None,
    "forced_dissolution": False,
    "dissolved_on": None,
}
HAMAR = {
    "municipality_no": "3403",
    "municipality": "HAMAR",
    "address": "Storgata 1, 2317 HAMAR",
    "postal_code": "2317",
    "place": "HAMAR",
}
OSLO = {
    "municipality_no": "0301",
    "municipality": "OSLO",
    "address": "Karl Johans gate 1, 0154 OSLO",
    "postal_code": "0154",
    "place": "OSLO",
}


def news(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[News, str, str]]:
    found = between(TOLD | before, TOLD | after, home="3420", today=TODAY)
    return [(piece.news, piece.before, piece.after) for piece in found]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"name": "HJELPEMIDLER AS"}, (News.NEW_NAME, "RULLESTOLVERKSTEDET AS", "HJELPEMIDLER AS")),
        ({}, HAMAR, (News.MOVED_OUT, "ELVERUM", "HAMAR")),
        (HAMAR, {}, (News.MOVED_IN, "HAMAR", "ELVERUM")),
        (HAMAR, OSLO, (News.MOVED_ELSEWHERE, "HAMAR", "OSLO")),
        (
            {},
            {"address": "Lillegata 2, 2408 ELVERUM", "postal_code": "2408"},
            (News.MOVED_WITHIN, "Storgata 1, 2406 ELVERUM", "Lillegata 2, 2408 ELVERUM"),
        ),
        (
            {},
            {"industry": "86.950", "industry_2025": "86.950", "industry_name": "Fysioterapi"},
            (News.NEW_INDUSTRY, "Produksjon av medisinsk utstyr (32.500)", "Fysioterapi (86.950)"),
        ),
        ({}, {"employees": 24}, (News.STAFF_DOUBLED, "12", "24")),
        ({}, {"employees": 6}, (News.STAFF_HALVED, "12", "6")),
        ({}, {"home_page": "https://nytt.no"}, (News.NEW_HOME_PAGE, "www.verk.no", "https://nytt.no")),
        ({"home_page": None}, {"home_page": "verk.no"}, (News.NEW_HOME_PAGE, "", "verk.no")),
        ({}, {"bankrupt": True}, (News.BANKRUPT, "", "")),
        ({}, {"winding_up": True}, (News.WINDING_UP, "", "")),
        ({}, {"forced_dissolution": True}, (News.FORCED_DISSOLUTION, "", "")),
        ({"bankrupt": True}, {}, (News.RECOVERED, "", "")),
        ({}, {"dissolved_on": date(2026, 11, 20)}, (News.DISSOLVED, "", "")),
    ],
)
def test_a_change_is_told_with_what_stood_before(before: Any, after: Any, told: Any):
    assert news(before, after) == [told]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"name": "Rullestolverkstedet AS"}),
        ({"municipality_no": "0427"}, {}),
        ({"municipality_no": "1507", "municipality": "ÅLESUND"}, {"municipality": "HARAM"}),
        ({"address": "Storgata  1, 2406 Elverum"}, {}),
        ({"address": "Storgata 1B, 2406 ELVERUM"}, {"address": "Storgata 1 b, 2406 ELVERUM"}),
        ({}, {"postal_code": "2407", "address": "Storgata 1, 2407 ELVERUM"}),
        ({"address": None, "municipality": None, "municipality_no": None}, {}),
        ({"industry": "32.501", "industry_standard": "SN2007"}, {}),
        ({"industry": "32.501", "industry_standard": "SN2007", "industry_2025": None}, {}),
        ({"industry": None, "industry_2025": None}, {}),
        ({}, {"employees": 23}),
        ({}, {"employees": 7}),
        ({}, {"employees": None}),
        ({"employees": None}, {"employees": 100}),
        ({"employees": 3}, {"employees": 9}),
        ({"employees": 9}, {"employees": 4}),
        ({"employees": 0}, {"employees": 12}),
        ({}, {"home_page": "https://verk.no/"}),
        ({}, {"home_page": None}),
        ({"bankrupt": True}, {"bankrupt": True}),
        ({"bankrupt": True}, {"bankrupt": True, "winding_up": False}),
        ({"dissolved_on": TODAY}, {"dissolved_on": TODAY}),
    ],
)
def test_what_only_looks_like_news_is_not_told(before: Any, after: Any):
    assert news(before, after) == []


def test_an_ending_has_the_day_the_register_gives_and_never_a_day_to_come():
    told = TOLD | {"bankrupt": True, "bankrupt_on": date(2026, 11, 3)}
    assert [piece.on for piece in between(TOLD, told, home="", today=TODAY)] == [date(2026, 11, 3)]
    told = TOLD | {"winding_up": True, "winding_up_on": date(2199, 1, 1)}
    assert [piece.on for piece in between(TOLD, told, home="", today=TODAY)] == [TODAY]
