"""Static lists: made, filled from what is ticked in the list of companies, shown there, and put away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.campaigns import operations, queries
from crm.campaigns.drafts import campaign_draft
from crm.campaigns.models import Campaign
from crm.companies import queries as companies
from crm.companies.conditions import Condition, Op, written
from crm.companies.models import Company
from crm.errors import Conflict, InvalidInput
from crm.web import listing
from crm.web.access import actor_id, requires
from crm.web.htmx import go, render
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("campaigns", __name__, url_prefix="/lists")
_MOST = 100_000


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    return _shown()


@blueprint.post("/")
@requires(Permission.COMPANY_WRITE)
def create() -> AnyResponse:
    try:
        draft = campaign_draft(request.form.get("name", ""), purpose=request.form.get("purpose", ""))
        operations.create_campaign(db(), actor_id(), draft)
        db().commit()
    except (InvalidInput, Conflict) as error:
        db().rollback()
        return _shown(complaint=in_words(error), status=422)
    return go(url_for("campaigns.index"))


@blueprint.post("/put")
@requires(Permission.COMPANY_WRITE)
def put() -> AnyResponse:
    """Put the ticked companies, or all that fit the address, on a list that is chosen or named anew."""
    typed, chosen = request.form.get("new_list", "").strip(), request.form.get("campaign", "")
    if not typed and not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 9):
        raise InvalidInput("Velg ei liste, eller gi ei ny liste et navn.", field="campaign")
    ids = _chosen()
    if typed:
        campaign = operations.create_campaign(db(), actor_id(), campaign_draft(typed))
    else:
        campaign = queries.get_campaign(db(), int(chosen))
    fresh = operations.add_companies(db(), actor_id(), campaign, ids)
    db().commit()
    said = ngettext(
        "%(num)s virksomhet er lagt på lista «%(name)s».",
        "%(num)s virksomheter er lagt på lista «%(name)s».",
        len(fresh),
        name=campaign.name,
    )
    flash(said)
    return go(url_for("companies.index", **address_of(campaign)))


@blueprint.post("/<int:campaign_id>/remove")
@requires(Permission.COMPANY_WRITE)
def remove(campaign_id: int) -> AnyResponse:
    """Take the ticked companies off a list."""
    campaign = queries.get_campaign(db(), campaign_id)
    gone = operations.remove_companies(db(), actor_id(), campaign, _chosen())
    db().commit()
    said = ngettext(
        "%(num)s virksomhet er tatt av lista «%(name)s».",
        "%(num)s virksomheter er tatt av lista «%(name)s».",
        len(gone),
        name=campaign.name,
    )
    flash(said)
    return go(url_for("companies.index", **address_of(campaign)))


@blueprint.post("/<int:campaign_id>/change")
@requires(Permission.COMPANY_WRITE)
def change(campaign_id: int) -> AnyResponse:
    campaign = queries.get_campaign(db(), campaign_id)
    try:
        draft = campaign_draft(request.form.get("name", ""), purpose=request.form.get("purpose", ""))
        operations.change_campaign(db(), actor_id(), campaign, draft)
        db().commit()
    except (InvalidInput, Conflict) as error:
        db().rollback()
        return _shown(complaint=in_words(error), status=422)
    return go(url_for("campaigns.index"))


@blueprint.post("/<int:campaign_id>/close")
@requires(Permission.COMPANY_WRITE)
def close(campaign_id: int) -> AnyResponse:
    """Put a list away, or take it up again."""
    campaign = queries.get_campaign(db(), campaign_id)
    closed = request.form.get("closed") == "1"
    operations.close_campaign(db(), actor_id(), campaign, closed=closed, now=clock.now())
    db().commit()
    return go(url_for("campaigns.index"))


@blueprint.post("/<int:campaign_id>/delete")
@requires(Permission.COMPANY_WRITE)
def delete(campaign_id: int) -> AnyResponse:
    campaign = queries.get_campaign(db(), campaign_id)
    operations.delete_campaign(db(), actor_id(), campaign)
    db().commit()
    flash(gettext("Lista er slettet. Virksomhetene som sto på den, er som før."))
    return go(url_for("campaigns.index"))


def address_of(campaign: Campaign) -> dict[str, Any]:
    """The address of the list of companies that shows a static list."""
    return {"all": "1", "where": written([Condition("list", Op.IS, (str(campaign.id),))])}


def _shown(*, complaint: str = "", status: int = 200) -> Response:
    found = db().scalars(queries.campaigns()).all()
    return render(
        "campaigns/index.html",
        campaigns=found,
        sizes=queries.sizes(db()),
        addresses={one.id: url_for("companies.index", **address_of(one)) for one in found},
        complaint=complaint,
        status=status,
    )


def _chosen() -> list[int]:
    """The ticked companies that there are, or every one that fits the address."""
    if request.form.get("every"):
        fitting = companies.companies(listing.asked()).with_only_columns(Company.id).order_by(None)
        found = list(db().scalars(fitting.limit(_MOST)))
    else:
        typed = [int(text) for text in request.form.getlist("ids") if text.isascii() and text.isdigit()]
        found = sorted(companies.existing(db(), [number for number in typed if number < 2**31]))
    if not found:
        raise InvalidInput("Velg minst én virksomhet.", field="ids")
    return found
