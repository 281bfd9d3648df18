"""What the register has told about companies we follow: seen to with one press, or put aside with one."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities.drafts import follow_up_draft
from crm.events import operations, queries
from crm.events.models import Event
from crm.web.access import actor_id, allowed, requires
from crm.web.addresses import own_path
from crm.web.events import wording
from crm.web.htmx import go, render, wants_fragment
from crm.web.paging import page_of
from crm.web.session import db

blueprint = Blueprint("events", __name__, url_prefix="/events")
# An event stands on the pages of other subjects too, so its words are known to all.
blueprint.add_app_template_filter(wording.news_of)
blueprint.add_app_template_filter(wording.detail_of, "news_detail")
blueprint.add_app_template_filter(wording.is_grave)
blueprint.add_app_template_filter(wording.next_step)


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    """Everything nobody has seen to, on my leads or on everybody's."""
    who = request.args.get("who") or ("me" if allowed(Permission.ACTIVITY_WRITE) else "all")
    if who not in {"me", "all"}:
        abort(400)
    owner = actor_id() if who == "me" else None
    page = page_of(db(), queries.open_events(owner), total=queries.count_open(db(), owner))
    return render("events/index.html", page=page, who=who)


@blueprint.post("/<int:event_id>/follow-up")
@requires(Permission.ACTIVITY_WRITE)
def follow_up(event_id: int) -> AnyResponse:
    """One press: what the event calls for becomes a follow-up of whoever owns the lead."""
    event = queries.get_event(db(), event_id)
    lead = event.company.lead
    draft = follow_up_draft(
        text=wording.next_step(event),
        due_on=_next_workday(clock.today()),
        owner_id=(lead.owner_id if lead else None) or actor_id(),
        today=clock.today(),
    )
    operations.follow_up(db(), actor_id(), event, draft, now=clock.now())
    db().commit()
    return _seen_to(event, gettext("Oppfølgingen er lagt inn til %(day)s.", day=f"{draft.due_on:%d.%m.}"))


@blueprint.post("/<int:event_id>/put-aside")
@requires(Permission.ACTIVITY_WRITE)
def put_aside(event_id: int) -> AnyResponse:
    event = queries.get_event(db(), event_id)
    operations.put_aside(db(), actor_id(), event, now=clock.now())
    db().commit()
    return _seen_to(event, gettext("Hendelsen er lagt bort."))


@blueprint.post("/<int:event_id>/take-up-again")
@requires(Permission.ACTIVITY_WRITE)
def take_up_again(event_id: int) -> AnyResponse:
    event = queries.get_event(db(), event_id)
    operations.take_up_again(db(), actor_id(), event)
    db().commit()
    return _seen_to(event, "")


def _seen_to(event: Event, said: str) -> AnyResponse:
    """The event as it now stands, or the page it was pressed on."""
    if wants_fragment():
        shown = render_template(
            "events/_event.html", event=event, show_company=bool(request.args.get("company"))
        )
        return Response(shown)
    if said:
        flash(said)
    return go(own_path(request.form.get("next", ""), otherwise=url_for("events.index")))


def _next_workday(today: date) -> date:
    tomorrow = today + timedelta(days=1)
    return tomorrow + timedelta(days=max(0, 7 - tomorrow.weekday()) if tomorrow.weekday() > 4 else 0)
