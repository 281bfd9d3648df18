"""Changing many leads: what would change is shown first, and what was changed can be undone."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.changes import operations, queries
from crm.changes.drafts import ChangeDraft, change_draft
from crm.companies.drafts import company_filter
from crm.companies.models import RESTING, Company
from crm.errors import InvalidInput
from crm.web import listing
from crm.web.access import actor_id, requires
from crm.web.changes.forms import WhyForm
from crm.web.changes.wording import in_words
from crm.web.formats import readable_name
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.paging import page_of
from crm.web.session import db

blueprint = Blueprint("changes", __name__, url_prefix="/changes")
_SHOWN, _NAMED = 30, 20


@blueprint.get("/")
@requires(Permission.COMPANY_WRITE)
def index() -> Response:
    found = db().scalars(queries.changes().limit(_SHOWN)).all()
    offered = listing.offered()
    said = {change.id: in_words(change.kind, change.value, offered) for change in found}
    return render("changes/index.html", changes=found, said=said, now=clock.now())


@blueprint.post("/preview")
@requires(Permission.COMPANY_WRITE)
def preview() -> Response:
    """What the change would do; nothing is written."""
    return _shown(WhyForm())


@blueprint.post("/")
@requires(Permission.COMPANY_WRITE)
def create() -> AnyResponse:
    """Change them, in one transaction; the receipt undoes it."""
    form = WhyForm.posted()
    if form.validate():
        with complaints_to(form):
            change = operations.change_many(
                db(), actor_id(), _chosen(), form.draft(request.form.get("change", "")), now=clock.now()
            )
            db().commit()
            return go(url_for("changes.show", change_id=change.id))
    return _shown(form, status=422)


@blueprint.get("/<int:change_id>")
@requires(Permission.COMPANY_WRITE)
def show(change_id: int) -> Response:
    change = queries.get_change(db(), change_id)
    page = page_of(db(), queries.rows_of(change), total=change.rows)
    return render(
        "changes/show.html",
        change=change,
        page=page,
        said=in_words(change.kind, change.value, listing.offered()),
        now=clock.now(),
    )


@blueprint.post("/<int:change_id>/undo")
@requires(Permission.COMPANY_WRITE)
def undo(change_id: int) -> AnyResponse:
    done = operations.undo(db(), actor_id(), queries.get_change(db(), change_id), now=clock.now())
    db().commit()
    flash(ngettext("%(num)s virksomhet er som før.", "%(num)s virksomheter er som før.", done.restored))
    if done.left:
        names = ", ".join(readable_name(company.name) for company in done.left[:_NAMED])
        flash(gettext("Endret av noen siden, og derfor ikke rørt: %(names)s.", names=names), "error")
    return go(url_for("changes.show", change_id=change_id))


def _shown(form: WhyForm, *, status: int = 200) -> Response:
    """The preview, with a reason asked for where the stage lies beside the road."""
    typed = request.form.get("change", "")
    draft = change_draft(typed, reason="?", today=clock.today())
    found = _chosen()
    return render(
        "changes/preview.html",
        form=form,
        preview=queries.preview(found, draft),
        ids=None if request.form.get("every") else [company.id for company in found],
        typed=typed,
        asks_why=_rests(draft),
        said=in_words(draft.kind, draft.value, listing.offered()),
        given=listing.asked().given,
        status=status,
    )


def _rests(draft: ChangeDraft) -> bool:
    return draft.move is not None and draft.move.stage in RESTING


def _chosen() -> list[Company]:
    """The ticked companies, or every one that fits the address."""
    every = bool(request.form.get("every"))
    ids = [int(text) for text in request.form.getlist("ids") if text.isascii() and text.isdigit()]
    if any(number > 2**31 - 1 for number in ids):
        raise InvalidInput("Velg minst én virksomhet.", field="ids")
    return list(queries.chosen(db(), None if every else ids, company_filter(request.args)))
