"""Pages of partners: the list, one partner to read, its offers, and its log."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities.drafts import Subject
from crm.codes import queries as codes
from crm.errors import NotFound
from crm.partners import operations, queries
from crm.partners.models import Offer
from crm.spelling import tidy
from crm.web import logbox
from crm.web.access import actor_id, requires
from crm.web.forms import complaints_to
from crm.web.htmx import go, render, wants_fragment
from crm.web.paging import page_of
from crm.web.partners import page
from crm.web.partners.forms import EditOfferForm, EditPartnerForm, OfferForm, PartnerForm
from crm.web.session import db

blueprint = Blueprint("partners", __name__, url_prefix="/partners")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    q = tidy(request.args.get("q", ""))[:100]
    shown = page_of(db(), queries.partners(q), total=queries.count_partners(db(), q))
    return render(
        "partners/index.html",
        fragment="partners/_rows.html",
        page=shown,
        q=q,
        counts=queries.open_need_counts(db(), [row.id for row in shown.rows], today=clock.today()),
        places=codes.municipality_names(db(), [row.municipality_no for row in shown.rows]),
    )


@blueprint.get("/<int:partner_id>")
@requires(Permission.COMPANY_READ)
def show(partner_id: int) -> Response:
    return page.show(queries.get_partner(db(), partner_id))


@blueprint.post("/<int:partner_id>/log")
@requires(Permission.ACTIVITY_WRITE)
def log(partner_id: int) -> AnyResponse:
    people, subject = page.people_at(queries.get_partner(db(), partner_id)), Subject(partner_id=partner_id)
    form = logbox.new_form(people)
    taken = logbox.take(subject, form, people)
    if wants_fragment():
        return _panel(subject, logbox.fresh_form(people) if taken else form, status=200 if taken else 422)
    if not taken:
        return page.show(queries.get_partner(db(), partner_id), log=form)
    return go(url_for("partners.show", partner_id=partner_id))


def _panel(subject: Subject, form: logbox.LogForm, *, status: int) -> Response:
    """The log panel alone, for a swap."""
    shown = logbox.panel(subject, form, address=url_for("partners.log", partner_id=subject.partner_id))
    return render("activities/_log_panel.html", panel=shown, swapped=True, status=status)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def new() -> AnyResponse:
    form = PartnerForm.of(None)
    if request.method == "GET":
        form.name.data = tidy(request.args.get("name", ""))[:300]
    elif form.validate():
        with complaints_to(form):
            partner = operations.create_partner(db(), actor_id(), form.draft())
            db().commit()
            return go(url_for("partners.show", partner_id=partner.id))
    return render("partners/new.html", form=form, status=422 if form.all_errors else 200)


@blueprint.route("/<int:partner_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def edit(partner_id: int) -> AnyResponse:
    partner = queries.get_partner(db(), partner_id)
    form = EditPartnerForm.of(partner)
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            operations.update_partner(db(), actor_id(), partner, form.draft(), seen=form.version.data)
            db().commit()
            return go(url_for("partners.show", partner_id=partner_id))
    stored = queries.get_partner(db(), partner_id)
    status = 422 if form.all_errors else 200
    return render("partners/edit.html", form=form, partner=stored, status=status)


@blueprint.post("/<int:partner_id>/offers")
@requires(Permission.PARTNER_WRITE)
def add_offer(partner_id: int) -> AnyResponse:
    """Write down what a partner can contribute with."""
    partner = queries.get_partner(db(), partner_id)
    form = OfferForm.posted(prefix="offer-")
    if form.validate():
        with complaints_to(form):
            operations.create_offer(db(), actor_id(), partner, form.draft())
            db().commit()
            return go(url_for("partners.show", partner_id=partner_id, _anchor="offers"))
    return page.show(queries.get_partner(db(), partner_id), offer=form)


@blueprint.route("/<int:partner_id>/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def edit_offer(partner_id: int, offer_id: int) -> AnyResponse:
    form = EditOfferForm.of(_offer(partner_id, offer_id))
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            offer = _offer(partner_id, offer_id)
            operations.update_offer(db(), actor_id(), offer, form.draft(), seen=form.version.data)
            db().commit()
            return go(url_for("partners.show", partner_id=partner_id, _anchor="offers"))
    stored = _offer(partner_id, offer_id)
    return render("partners/offer.html", form=form, offer=stored, status=422 if form.all_errors else 200)


@blueprint.post("/<int:partner_id>/offers/<int:offer_id>/delete")
@requires(Permission.PARTNER_WRITE)
def delete_offer(partner_id: int, offer_id: int) -> AnyResponse:
    entry = operations.delete_offer(db(), actor_id(), _offer(partner_id, offer_id))
    db().commit()
    return go(url_for("partners.show", partner_id=partner_id, undo=entry.id, _anchor="offers"))


@blueprint.post("/<int:partner_id>/offers/restore")
@requires(Permission.PARTNER_WRITE)
def restore_offer(partner_id: int) -> AnyResponse:
    """Undo a deletion, from the trail's own line about it."""
    partner = queries.get_partner(db(), partner_id)
    operations.restore_offer(db(), actor_id(), partner, request.form.get("entry", 0, type=int))
    db().commit()
    flash(gettext("Tilbudet er tilbake."))
    return go(url_for("partners.show", partner_id=partner_id, _anchor="offers"))


def _offer(partner_id: int, offer_id: int) -> Offer:
    """An offer of this partner; NotFound for anybody else's."""
    found = queries.get_offer(db(), offer_id)
    if found.partner_id != partner_id:
        raise NotFound("Fant ikke tilbudet. Det kan være slettet.")
    return found
