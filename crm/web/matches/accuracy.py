"""How the suggestions of the last weeks fared: how many got a yes, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, request, url_for
from flask_babel import gettext

from crm import clock
from crm.accounts.permissions import Permission
from crm.matches import accuracy
from crm.matches.accuracy import Outcome, Tally
from crm.matches.control import Difference, against_lot
from crm.matches.intervals import wilson
from crm.web.access import requires
from crm.web.formats import show_number, show_percent
from crm.web.htmx import render
from crm.web.matches import model_words
from crm.web.session import db
from crm.web.words import segment_name

_PERIODS, _USUAL = (4, 12, 52), 12


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what it is about, how that fared, and the page about it."""

    name: str
    tally: Tally
    address: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    heading: str
    rows: list[Row]
    note: str = ""


@requires(Permission.COMPANY_READ)
def show() -> Response:
    asked = request.args.get("weeks", "")
    weeks = next((period for period in _PERIODS if str(period) == asked), _USUAL)
    since = clock.iso_week(clock.now() - timedelta(weeks=weeks - 1))
    total = accuracy.in_all(db(), since)
    return render(
        "matches/accuracy.html",
        weeks=weeks,
        periods=_PERIODS,
        total=total,
        summary=in_words(total),
        differences=against_lot(db(), since) if total.suggested else [],
        tables=_tables(since, total) if total.suggested else [],
        model=model_words.in_use(db()),
        refusals=accuracy.reasons_for_no(db(), since) if total.no else [],
    )


def in_words(total: Tally) -> str:
    """The answers as a sentence; without a share where there are too few of them."""
    if not total.enough:
        return str(gettext("Det er for få svar ennå til å si hvor godt forslagene treffer."))
    low, high = total.interval
    return str(
        gettext(
            "Av %(decided)s forslag som fikk ja eller nei, var %(yes)s ja"
            " (%(share)s, trolig mellom %(low)s og %(high)s).",
            decided=show_number(total.decided),
            yes=show_number(total.yes),
            share=show_percent(total.share),
            low=round(low * 100),
            high=show_percent(high),
        )
    )


def share_in_words(tally: Tally) -> str:
    """«35 % (22–50 %)»: the share of yes and what it lies between; empty where answers are few."""
    if not tally.enough:
        return ""
    low, high = tally.interval
    return f"{show_percent(tally.share)} ({round(low * 100)}–{show_percent(high)})"


def count_in_words(tally: Tally, outcome: str) -> str:
    """«12 (8–19 %)»: how many came so far, and the interval of their share of all suggested."""
    yes, total = tally.of(Outcome(outcome))
    if not tally.enough:
        return show_number(yes)
    low, high = wilson(yes, total)
    return f"{show_number(yes)} ({round(low * 100)}–{show_percent(high)})"


def part_in_words(part: tuple[int, int]) -> str:
    """«12 av 40 (30 %)»."""
    yes, total = part
    share = f" ({show_percent(yes / total)})" if total else ""
    return str(gettext("%(yes)s av %(total)s", yes=show_number(yes), total=show_number(total))) + share


def difference_in_words(difference: Difference) -> str:
    """«+12 prosentpoeng (−3 til +27)»."""
    low, high = (_signed(end) for end in difference.interval)
    return str(
        gettext(
            "%(size)s prosentpoeng (%(low)s til %(high)s)", size=_signed(difference.size), low=low, high=high
        )
    )


def _signed(share: float) -> str:
    points = round(share * 100)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def _tables(since: str, total: Tally) -> list[Table]:
    return [
        Table(gettext("I alt"), [Row(gettext("Alle forslag"), total)]),
        _segments(since),
        _partners(since),
        _sources(since),
        _sizes(since),
    ]


def _segments(since: str) -> Table:
    rows = [Row(segment_name(segment), tally) for segment, tally in accuracy.by_segment(db(), since)]
    note = gettext("Et behov kan høre til flere satsingsområder. Da teller forslaget med i hvert av dem.")
    return Table(gettext("Etter satsingsområde"), rows, note)


def _partners(since: str) -> Table:
    rows = [
        Row(partner.name, tally, url_for("partners.show", partner_id=partner.id))
        for partner, tally in accuracy.by_partner(db(), since)
    ]
    return Table(gettext("Etter partner"), rows)


def _sources(since: str) -> Table:
    rows = [
        Row(
            gettext("Ikke fulgt før, fra registeret") if source is None else source or gettext("Uten kilde"),
            tally,
        )
        for source, tally in accuracy.by_source(db(), since)
    ]
    return Table(gettext("Etter hvor vi hadde virksomheten fra"), rows)


def _source_name(source: str | None) -> str:
    return str(
        gettext("Ikke fulgt før, fra registeret") if source is None else source or gettext("Uten kilde")
    )


def _sizes(since: str) -> Table:
    names = {False: gettext("Under ti ansatte, eller ukjent"), True: gettext("Ti ansatte eller flere")}
    rows = [Row(names[large], tally) for large, tally in accuracy.by_size(db(), since).items()]
    return Table(gettext("Etter størrelse på virksomheten"), rows)
