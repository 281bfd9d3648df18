"""Saved views of the list of companies: kept, shared, pinned, told in words."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm.accounts.permissions import Permission
from crm.companies.drafts import company_filter
from crm.saved import operations, queries
from crm.saved.drafts import view_draft
from crm.saved.models import SavedView
from crm.web import listing
from crm.web.access import actor_id, requires
from crm.web.htmx import go, render
from crm.web.session import db

blueprint = Blueprint("saved", __name__, url_prefix="/views")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    views = db().scalars(queries.visible_to(actor_id())).all()
    pinned = {view.id for view in db().scalars(queries.pinned_by(actor_id()))}
    offered = listing.offered()
    said = {view.id: listing.in_words(company_filter(view.given), offered) for view in views}
    return render("saved/index.html", views=views, pinned=pinned, said=said, mine=actor_id())


@blueprint.post("/")
@requires(Permission.COMPANY_READ)
def create() -> AnyResponse:
    """Keep the list as it is narrowed and ordered in this address."""
    draft = view_draft(
        request.form.get("name", ""),
        given=request.args.to_dict(),
        columns=listing.columns(),
        shared=bool(request.form.get("shared")),
    )
    view = operations.save_view(db(), actor_id(), draft)
    db().commit()
    flash(gettext("Visningen «%(name)s» er lagret og festet over lista.", name=view.name))
    return go(url_for("companies.index", **view.given))


@blueprint.post("/<int:view_id>/pin")
@requires(Permission.COMPANY_READ)
def pin(view_id: int) -> AnyResponse:
    operations.pin(db(), actor_id(), _view(view_id))
    db().commit()
    return go(url_for("saved.index"))


@blueprint.post("/<int:view_id>/unpin")
@requires(Permission.COMPANY_READ)
def unpin(view_id: int) -> AnyResponse:
    operations.unpin(db(), actor_id(), _view(view_id))
    db().commit()
    return go(url_for("saved.index"))


@blueprint.post("/<int:view_id>/share")
@requires(Permission.COMPANY_READ)
def share(view_id: int) -> AnyResponse:
    """Share one's view, or keep it to oneself again."""
    operations.share(db(), actor_id(), _view(view_id), shared=request.form.get("shared") == "1")
    db().commit()
    return go(url_for("saved.index"))


@blueprint.post("/<int:view_id>/delete")
@requires(Permission.COMPANY_READ)
def delete(view_id: int) -> AnyResponse:
    operations.delete_view(db(), actor_id(), _view(view_id))
    db().commit()
    flash(gettext("Visningen er slettet. Virksomhetene i den er som før."))
    return go(url_for("saved.index"))


def _view(view_id: int) -> SavedView:
    return queries.get_view(db(), view_id, user_id=actor_id())
