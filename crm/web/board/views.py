"""The board: leads in columns by stage, moved by mouse, by keys or by a menu."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.permissions import Permission
from crm.companies import board, operations, queries
from crm.companies.drafts import MoveDraft
from crm.companies.models import RESTING, Stage
from crm.errors import Conflict, InvalidInput
from crm.ordering import key_between
from crm.segments import queries as segments
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.board import contents
from crm.web.board.forms import CardForm
from crm.web.htmx import go, render, wants_fragment
from crm.web.session import db
from crm.web.words import STAGES

blueprint = Blueprint("board", __name__, url_prefix="/board")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    wanted = contents.asked()
    return render(
        "board/index.html",
        columns=contents.columns(wanted),
        wanted=wanted,
        given=contents.given(wanted),
        people=db().scalars(accounts.colleagues()).all(),
        segments=db().scalars(segments.segments()).all(),
        resting=RESTING,
    )


@blueprint.get("/column/<stage>")
@requires(Permission.COMPANY_READ)
def column(stage: str) -> Response:
    """More cards of one column, below the last one shown."""
    key, dot, number = request.args.get("after", "").rpartition(".")
    if stage not in set(Stage) or not (dot and number.isascii() and number.isdigit() and len(number) <= 10):
        abort(400)
    wanted = contents.asked()
    more = contents.more_of(wanted, Stage(stage), (key[:60], int(number)))
    return render("board/_cards.html", column=more, given=contents.given(wanted))


@blueprint.post("/<int:company_id>/move")
@requires(Permission.COMPANY_WRITE)
def move(company_id: int) -> AnyResponse:
    """Put a card in a column, between two others; a stage beside the road asks why."""
    lead, form = queries.get_lead(db(), company_id), CardForm.posted()
    back = own_path(request.form.get("next", ""), otherwise=url_for("board.index"))
    try:
        form.validate()
        draft = form.draft()
        if form.seen.data and form.seen.data != lead.stage:
            raise Conflict(
                "Noen andre har flyttet %(name)s til %(stage)s.",
                name=lead.company.name,
                stage=str(STAGES[lead.stage]),
            )
        operations.move_lead(db(), actor_id(), lead, _placed(draft, form), now=clock.now())
        db().commit()
    except InvalidInput:
        if wants_fragment():
            raise
        asked = {"stage": form.stage.data, "next": back}
        return go(url_for("companies.move", company_id=company_id, **asked))
    if not wants_fragment():
        flash(gettext("%(name)s er flyttet.", name=lead.company.name))
        return go(back)
    counts = board.counts(db(), contents.asked())
    return render("board/_moved.html", card=contents.card_of(lead), counts=counts)


def _placed(draft: MoveDraft, form: CardForm) -> MoveDraft:
    """The draft with the place between the neighbours; on top where they leave no room."""
    above, below = form.neighbours()
    if above is None and below is None:
        return draft
    keys = board.keys(db(), [number for number in (above, below) if number])
    return replace(draft, board_key=key_between(keys.get(above or 0), keys.get(below or 0)))
