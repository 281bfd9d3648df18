"""What is news between two tellings of the same unit, and what only looks like it.

New municipality numbers, a new industry standard and another way to write an address are no news. Fewer
than five employees are not published: that is unknown, and nothing is said about what is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from crm.spelling import fold

Telling = Mapping[Any, Any]
FEWEST_PUBLISHED = 5
_LONGEST = 300
_NO_LETTERS = re.compile(r"[\W_]+")
_SITE = re.compile(r"^(?:https?://)?(?:www\.)?(.*?)/*$", re.IGNORECASE | re.DOTALL)


class News(StrEnum):
    """What may be told of a unit."""

    NEW_NAME = "new_name"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    MOVED_ELSEWHERE = "moved_elsewhere"
    MOVED_WITHIN = "moved_within"
    NEW_INDUSTRY = "new_industry"
    STAFF_DOUBLED = "staff_doubled"
    STAFF_HALVED = "staff_halved"
    NEW_HOME_PAGE = "new_home_page"
    ACCOUNTS_MISSING = "accounts_missing"
    WINDING_UP = "winding_up"
    FORCED_DISSOLUTION = "forced_dissolution"
    BANKRUPT = "bankrupt"
    RECOVERED = "recovered"
    DISSOLVED = "dissolved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One piece of news about a unit: the day it happened or was told, and what stood there before."""

    orgnr: str
    news: News
    on: date
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Whose news is wanted, and which municipality is ours; ``days`` is when the register told it."""

    numbers: frozenset[str] = frozenset()
    home: str = ""
    days: Mapping[str, date] = field(default_factory=dict)


NOBODY = Watch()


def between(before: Telling, after: Telling, *, home: str, today: date) -> list[Difference]:
    """The news between two rows of one unit; ``home`` is the number of the municipality that is ours."""
    orgnr, told = after["orgnr"], (*_name(before, after), *_move(before, after, home))
    told += (*_industry(before, after), *_staff(before, after), *_home_page(before, after))
    found = [
        Difference(orgnr=orgnr, news=news, on=today, before=was[:_LONGEST], after=now[:_LONGEST])
        for news, was, now in told
    ]
    for news, day in _endings(before, after):
        on = day if day and day <= today else today
        found.append(Difference(orgnr=orgnr, news=news, on=on))
    return found


_Told = tuple[News, str, str]


def _name(before: Telling, after: Telling) -> Iterator[_Told]:
    if fold(before["name"]) != fold(after["name"]):
        yield News.NEW_NAME, before["name"], after["name"]


def _move(before: Telling, after: Telling, home: str) -> Iterator[_Told]:
    """A move between municipalities, or to another street of the same.

    Numbers of municipalities change while nobody moves, and so do their borders: who keeps the address has
    not moved, and where only the number is new the place is the same.
    """
    was, now = _written(before), _written(after)
    if not was or not now or was == now:
        return
    old, new = _town(before), _town(after)
    if _same_town(before, after):
        if _street(before) != _street(after):
            yield News.MOVED_WITHIN, before["address"], after["address"]
    elif before["municipality_no"] == home:
        yield News.MOVED_OUT, old, new
    elif after["municipality_no"] == home:
        yield News.MOVED_IN, old, new
    else:
        yield News.MOVED_ELSEWHERE, old, new


def _written(telling: Telling) -> str:
    return _NO_LETTERS.sub("", fold(telling["address"] or ""))


def _street(telling: Telling) -> str:
    """The address without postal code and town, however it is spaced."""
    town = " ".join(part for part in (telling["postal_code"], telling["place"]) if part)
    return _NO_LETTERS.sub("", fold((telling["address"] or "").removesuffix(town)))


def _town(telling: Telling) -> str:
    return str(telling["municipality"] or telling["country"] or "")


def _same_town(before: Telling, after: Telling) -> bool:
    same_number = before["municipality_no"] and before["municipality_no"] == after["municipality_no"]
    return bool(same_number) or fold(_town(before)) == fold(_town(after))


def _industry(before: Telling, after: Telling) -> Iterator[_Told]:
    """Another industry; codes of two standards are compared by what the old one is called in the new."""
    same = before["industry_standard"] == after["industry_standard"]
    was, now = (row["industry"] if same else row["industry_2025"] for row in (before, after))
    if was and now and was != now:
        yield News.NEW_INDUSTRY, _named(before), _named(after)


def _named(telling: Telling) -> str:
    return f"{telling['industry_name'] or ''} ({telling['industry']})".strip()


def _staff(before: Telling, after: Telling) -> Iterator[_Told]:
    was, now = before["employees"] or 0, after["employees"] or 0
    if min(was, now) >= FEWEST_PUBLISHED:
        if now >= 2 * was:
            yield News.STAFF_DOUBLED, str(was), str(now)
        elif 2 * now <= was:
            yield News.STAFF_HALVED, str(was), str(now)


def _home_page(before: Telling, after: Telling) -> Iterator[_Told]:
    was, now = before["home_page"] or "", after["home_page"] or ""
    if now and _site(was) != _site(now):
        yield News.NEW_HOME_PAGE, was, now


def _site(address: str) -> str:
    found = _SITE.match(address.strip())
    return found.group(1).lower() if found else ""


def _endings(before: Telling, after: Telling) -> Iterator[tuple[News, date | None]]:
    """The ways a unit ends, each told once, and that it is out of them again."""
    if after["dissolved_on"] and not before["dissolved_on"]:
        yield News.DISSOLVED, after["dissolved_on"]
    begun = {
        News.BANKRUPT: ("bankrupt", after["bankrupt_on"]),
        News.WINDING_UP: ("winding_up", after["winding_up_on"]),
        News.FORCED_DISSOLUTION: ("forced_dissolution", None),
    }
    for news, (flag, day) in begun.items():
        if after[flag] and not before[flag]:
            yield news, day
    ails = [any(row[flag] for flag, _ in begun.values()) for row in (before, after)]
    if ails == [True, False] and not after["dissolved_on"]:
        yield News.RECOVERED, None
