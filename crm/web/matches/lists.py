"""The week's round as a list, need by need or company by company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Response

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies.models import Company
from crm.matches import queries
from crm.matches.models import MatchRun, Suggestion
from crm.partners import queries as partners
from crm.partners.models import Need
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.matches import filters
from crm.web.paging import page_of
from crm.web.session import db

# A card is as tall as ten rows of a list.
_CARDS = 20


@dataclass(frozen=True, slots=True)
class Group:
    """The suggestions of one need or of one company."""

    head: Need | Company
    rows: list[Suggestion]


@requires(Permission.COMPANY_READ)
def index() -> Response:
    """The newest finished round, and how far this week's has come."""
    wanted = filters.asked()
    run, shown = queries.this_week_and_last_done(db(), clock.iso_week(clock.now()))
    if shown is None:
        any_need = partners.any_open(db(), today=clock.today())
        return render("matches/first.html", run=run, any_need=any_need)
    return _round(wanted, run, shown)


def _round(wanted: filters.Asked, run: MatchRun | None, shown: MatchRun) -> Response:
    waiting, answered = queries.answer_counts(db(), shown.id, wanted.wanted())
    counts = {"open": waiting, "answered": answered, "all": waiting + answered}
    total = counts[wanted.answered]
    page = page_of(db(), queries.suggestions(shown.id, wanted.wanted()), total=total, size=_CARDS)
    among = filters.offered(shown)
    return render(
        "matches/index.html",
        run=run,
        shown=shown,
        wanted=wanted,
        counts=counts,
        page=page,
        groups=_groups(page.rows, wanted.by),
        offered=among,
        said=filters.in_words(wanted, among, total=total),
    )


def _groups(rows: Sequence[Suggestion], by: str) -> list[Group]:
    """Rows that stand together, under what they have in common."""
    gathered = [list(found) for _, found in groupby(rows, key=lambda row: getattr(row, f"{by}_id"))]
    return [Group(head=getattr(found[0], by), rows=found) for found in gathered]
