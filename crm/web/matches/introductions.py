"""Introductions: the list, one with both sides and a drafted mail to each, and how far it has come."""

from __future__ import annotations

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.contacts import queries as contacts
from crm.matches import introduced, operations, queries
from crm.matches.models import ONGOING, STEPS, Introduction, IntroductionState
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.web.access import actor_id, requires
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.matches import mails
from crm.web.matches.forms import MoveForm
from crm.web.paging import page_of
from crm.web.session import db

_CHOICES = {"": frozenset(), "ongoing": ONGOING, **{state.value: {state} for state in IntroductionState}}


@requires(Permission.COMPANY_READ)
def index() -> Response:
    state, owner = request.args.get("state", ""), request.args.get("owner", "")
    if state not in _CHOICES or owner not in {"", "me"}:
        abort(400)
    mine = actor_id() if owner else None
    total = introduced.count_introductions(db(), _CHOICES[state], opened_by=mine)
    page = page_of(db(), introduced.introductions(_CHOICES[state], opened_by=mine), total=total)
    given = {name: value for name, value in (("state", state), ("owner", owner)) if value}
    return render("matches/introductions.html", page=page, state=state, owner=owner, given=given)


@requires(Permission.COMPANY_READ)
def show(introduction_id: int) -> Response:
    return _page(introduced.get_introduction(db(), introduction_id), MoveForm())


@requires(Permission.MATCH_ANSWER)
def move(introduction_id: int) -> AnyResponse:
    found, form = introduced.get_introduction(db(), introduction_id), MoveForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.move_introduction(db(), actor_id(), found, form.draft(), now=clock.now())
            db().commit()
            return go(url_for("matches.introduction", introduction_id=introduction_id))
    return _page(introduced.get_introduction(db(), introduction_id), form, status=422)


def _page(found: Introduction, form: MoveForm, *, status: int = 200) -> Response:
    """Both sides, what can be written to them, and the steps that may follow."""
    at_company = db().scalars(contacts.at_company(found.company_id)).all()
    partner = partners.get_partner(db(), found.need.partner_id)
    sides = mails.Sides(
        introduction=found,
        company_people=[role.contact for role in at_company],
        partner_people=mails.nearest_first(found.need.contact, [role.contact for role in partner.roles]),
        company_unit=registry.find_unit(db(), found.company.orgnr),
        partner_unit=registry.find_unit(db(), partner.orgnr),
    )
    why = queries.get_suggestion(db(), found.suggestion_id) if found.suggestion_id else None
    return render(
        "matches/introduction.html",
        introduction=found,
        sides=sides,
        drafts=mails.drafts(sides),
        suggestion=why,
        form=form,
        steps=STEPS[found.state],
        titles={role.contact_id: role.title for role in at_company}
        | {role.contact_id: role.title for role in partner.roles},
        status=status,
    )
