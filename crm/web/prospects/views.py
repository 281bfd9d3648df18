"""Mulige leads: units of the register that fit the programme and that nobody follows yet."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft
from crm.prospects import operations, queries
from crm.prospects.drafts import Order
from crm.registry import queries as registry
from crm.segments import queries as segments
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.htmx import go, render, wants_fragment
from crm.web.nearby import near_and_new, new_since
from crm.web.paging import page_of
from crm.web.prospects import filters
from crm.web.prospects.rows import rows_of
from crm.web.session import db

blueprint = Blueprint("prospects", __name__, url_prefix="/prospects")
_SCREEN, _NEW, _IN_WEEK = 25, 8, 5


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    """One screen of the list; on the first one the week's new units stand on top."""
    today = clock.today()
    asked = filters.asked()
    found = queries.prospects(db(), asked.wanted, limit=_SCREEN + 1)
    recent = replace(asked.wanted, registered_since=new_since(today), order=Order.NEWEST)
    news = [] if asked.wanted.after else queries.prospects(db(), recent, limit=_NEW)
    return render(
        "prospects/index.html",
        fragment="prospects/_rows.html",
        asked=asked,
        rows=rows_of(found[:_SCREEN], asked, today),
        news=rows_of(news, asked, today),
        next_after=found[_SCREEN - 1].orgnr if len(found) > _SCREEN else None,
        total=queries.count_prospects(db(), asked.wanted),
        empty_mirror=not found and not registry.count_units(db()),
        filters=filters,
    )


@blueprint.get("/new")
@requires(Permission.COMPANY_READ)
def new() -> Response:
    """The new units of the week near us, as Min uke shows them."""
    units = queries.prospects(db(), near_and_new(clock.today()), limit=_IN_WEEK)
    return render("prospects/new.html", fragment="prospects/_new.html", units=units)


@blueprint.post("/<orgnr>/follow")
@requires(Permission.COMPANY_WRITE)
def follow(orgnr: str) -> AnyResponse:
    """One press: the unit becomes a company of ours and my lead, in the segments of its industry."""
    unit, now = operations.unit_of(db(), orgnr), clock.now()
    company = companies.company_of_unit(db(), actor_id(), unit, now=now)
    if company.lead is None:
        prefixes = segments.industry_prefixes(db())
        chosen = segments.segments_of_industries(prefixes, [unit.industry_2025 or ""])
        draft = LeadDraft(segments=chosen, source=gettext("Mulige leads"), owner_id=actor_id())
        companies.follow(db(), actor_id(), company, draft, now=now)
        db().commit()
    return _done(orgnr, company.name, company_id=company.id)


@blueprint.post("/<orgnr>/put-aside")
@requires(Permission.COMPANY_WRITE)
def put_aside(orgnr: str) -> AnyResponse:
    """Never show a unit here again, unless somebody brings it back."""
    unit = operations.set_aside(db(), actor_id(), orgnr, now=clock.now())
    db().commit()
    return _done(orgnr, unit.name)


@blueprint.post("/<orgnr>/bring-back")
@requires(Permission.COMPANY_WRITE)
def bring_back(orgnr: str) -> AnyResponse:
    operations.bring_back(db(), orgnr)
    db().commit()
    flash(gettext("Virksomheten vises blant mulige leads igjen."))
    return go(own_path(request.form.get("next", ""), otherwise=url_for("prospects.index")))


@blueprint.get("/put-aside")
@requires(Permission.COMPANY_READ)
def aside() -> Response:
    """Those put aside, each to be brought back with one press."""
    page = page_of(db(), queries.set_aside(), total=queries.count_set_aside(db()))
    return render("prospects/aside.html", page=page)


def _done(orgnr: str, name: str, *, company_id: int | None = None) -> AnyResponse:
    """What a press came to: in the row's place, or told above the list."""
    if wants_fragment():
        shown = render_template("prospects/_done.html", orgnr=orgnr, name=name, company_id=company_id)
        return Response(shown)
    followed = gettext("Du følger nå %(name)s.", name=name)
    flash(followed if company_id else gettext("%(name)s vises ikke her igjen.", name=name))
    return go(own_path(request.form.get("next", ""), otherwise=url_for("prospects.index")))
