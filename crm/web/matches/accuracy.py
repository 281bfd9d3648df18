"""How the suggestions of the last weeks fared: how many got a yes, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, request, url_for
from flask_babel import gettext

from crm import clock
from crm.accounts.permissions import Permission
from crm.matches import accuracy
from crm.matches.accuracy import Tally
from crm.web.access import requires
from crm.web.formats import show_number, show_percent
from crm.web.htmx import render
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
        tables=_tables(since, total) if total.suggested else [],
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


def _tables(since: str, total: Tally) -> list[Table]:
    return [
        Table(gettext("I alt"), [Row(gettext("Alle forslag"), total)]),
        _segments(since),
        _partners(since),
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


def _sizes(since: str) -> Table:
    names = {False: gettext("Under ti ansatte, eller ukjent"), True: gettext("Ti ansatte eller flere")}
    rows = [Row(names[large], tally) for large, tally in accuracy.by_size(db(), since).items()]
    return Table(gettext("Etter størrelse på virksomheten"), rows)
