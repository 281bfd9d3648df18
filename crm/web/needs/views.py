"""Pages of needs: the list, one need to read with its suggestions, writing and closing it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.matches import queries as matches
from crm.partners import operations, queries
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.forms import complaints_to
from crm.web.htmx import go, render, wants_fragment
from crm.web.needs import filters, searching
from crm.web.needs.forms import EditNeedForm, NeedForm
from crm.web.paging import asked_number, page_of
from crm.web.session import db

blueprint = Blueprint("needs", __name__, url_prefix="/needs")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    wanted, offered = filters.asked(), filters.offered()
    rule = wanted.rule(clock.today())
    shown = page_of(db(), queries.needs(**rule), total=queries.count_needs(db(), **rule))
    return render(
        "needs/index.html",
        fragment="needs/_rows.html",
        page=shown,
        wanted=wanted,
        offered=offered,
        said=filters.in_words(wanted, offered),
        awaiting=matches.awaiting_of_needs(db(), [need.id for need in shown.rows]),
    )


@blueprint.get("/<int:need_id>")
@requires(Permission.COMPANY_READ)
def show(need_id: int) -> Response:
    return render("needs/show.html", **searching.found(queries.get_need(db(), need_id)))


@blueprint.get("/<int:need_id>/suggestions")
@requires(Permission.COMPANY_READ)
def suggestions(need_id: int) -> AnyResponse:
    """The suggestions of a need; nothing new yet while the worker still looks for them."""
    need = queries.get_need(db(), need_id)
    if not wants_fragment():
        return go(url_for("needs.show", need_id=need_id, _anchor="suggestions"))
    found = searching.found(need)
    return Response(status=204) if found["searching"] else render("needs/_suggestions.html", **found)


@blueprint.post("/<int:need_id>/search")
@requires(Permission.ROUND_RUN)
def search(need_id: int) -> AnyResponse:
    """Find suggestions anew for a need."""
    searching.ask(queries.get_need(db(), need_id))
    db().commit()
    searching.wake()
    return go(url_for("needs.show", need_id=need_id, _anchor="suggestions"))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def new() -> AnyResponse:
    """A new need of the partner in the address; without one, choose the partner first."""
    partner_id = asked_number("partner")
    if partner_id is None:
        return render("needs/choose_partner.html", partners=queries.partner_names(db()))
    form = NeedForm.of(queries.get_partner(db(), partner_id))
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            partner = queries.get_partner(db(), partner_id)
            need = operations.create_need(db(), actor_id(), partner, form.draft())
            db().flush()
            searching.ask(need)
            db().commit()
            searching.wake()
            flash(gettext("Behovet er lagret. Forslag er på vei."))
            here = url_for("needs.show", need_id=need.id)
            return go(own_path(request.form.get("next", ""), otherwise=here))
    partner = queries.get_partner(db(), partner_id)
    return render("needs/new.html", form=form, partner=partner, status=422 if form.all_errors else 200)


@blueprint.route("/<int:need_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def edit(need_id: int) -> AnyResponse:
    need = queries.get_need(db(), need_id)
    form = EditNeedForm.of(queries.get_partner(db(), need.partner_id), need)
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            before = need.asked
            operations.update_need(db(), actor_id(), need, form.draft(need), seen=form.version.data)
            if need.asked != before:
                searching.ask(need)
            db().commit()
            searching.wake()
            return go(url_for("needs.show", need_id=need_id))
    stored = queries.get_need(db(), need_id)
    return render("needs/edit.html", form=form, need=stored, status=422 if form.all_errors else 200)


@blueprint.post("/<int:need_id>/close")
@requires(Permission.PARTNER_WRITE)
def close(need_id: int) -> AnyResponse:
    operations.close_need(db(), actor_id(), queries.get_need(db(), need_id))
    db().commit()
    return go(url_for("needs.show", need_id=need_id))


@blueprint.post("/<int:need_id>/reopen")
@requires(Permission.PARTNER_WRITE)
def reopen(need_id: int) -> AnyResponse:
    need = queries.get_need(db(), need_id)
    operations.close_need(db(), actor_id(), need, closed=False)
    searching.ask(need)
    db().commit()
    searching.wake()
    flash(gettext("Behovet er åpent igjen."))
    return go(url_for("needs.show", need_id=need_id))
