"""One's follow-ups as a calendar other programs read, by a secret address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, url_for
from flask_babel import force_locale, gettext
from icalendar import Calendar, Event
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import secrets
from crm.accounts.models import User
from crm.accounts.permissions import Permission
from crm.activities import operations, queries
from crm.activities.models import FollowUp
from crm.companies import due
from crm.companies.models import Company
from crm.web.access import actor_id, public, requires
from crm.web.formats import readable_name
from crm.web.htmx import go
from crm.web.session import db

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")
_MOST = 1000
_AHEAD = timedelta(days=366)


@blueprint.get("/<token>.ics")
@public
def follow_ups(token: str) -> Response:
    """The open follow-ups of whoever made the address, and whom their rhythms say to speak with."""
    feed = queries.find_feed(db(), secrets.fingerprint(token[:200]))
    if feed is None or not feed.user.active:
        abort(404)
    with force_locale(feed.user.language):
        whole = _calendar(feed.user).to_ical()
    answer = Response(whole, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="klyngetorg.ics"'
    return answer


@blueprint.post("/open")
@requires(Permission.ACTIVITY_WRITE)
def open() -> Response:  # noqa: A001  (named as the act is)
    """Make a secret address, shown this once; an older one stops working."""
    token = operations.open_feed(db(), actor_id())
    db().commit()
    address = url_for("calendars.follow_ups", token=token, _external=True)
    return Response(render_template("calendars/made.html", address=address))


@blueprint.post("/close")
@requires(Permission.ACTIVITY_WRITE)
def close() -> AnyResponse:
    operations.close_feed(db(), actor_id())
    db().commit()
    return go(url_for("week.follow_ups"))


def _calendar(user: User) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//Klyngetorg//NO")
    made.add("version", "2.0")
    made.add("x-wr-calname", gettext("Oppfølginger"))
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    until = clock.today() + _AHEAD
    for step in db().scalars(queries.open_follow_ups(user.id, until=until).limit(_MOST)):
        made.add_component(_of_step(step))
    for company in db().scalars(due.contact_due(user.id, on=until).limit(_MOST)).unique():
        for event in _of_rhythm(company):
            made.add_component(event)
    return made


def _of_step(step: FollowUp) -> Event:
    place = step.company or step.partner
    named = f"{step.text} ({readable_name(place.name)})" if place else step.text
    event = Event()
    event.add("uid", f"follow-up-{step.id}@klyngetorg")
    event.add("dtstamp", step.created_at)
    event.add("dtstart", step.due_on)
    event.add("summary", named)
    event.add("url", _page(step))
    event.add("transp", "TRANSPARENT")
    return event


def _of_rhythm(company: Company) -> Iterator[Event]:
    lead = company.lead
    if lead is None or lead.contact_due_on is None:
        return
    event = Event()
    event.add("uid", f"contact-{company.id}@klyngetorg")
    event.add("dtstamp", lead.created_at)
    event.add("dtstart", lead.contact_due_on)
    event.add("summary", gettext("Ta kontakt med %(name)s", name=readable_name(company.name)))
    event.add("url", url_for("companies.show", company_id=company.id, _external=True))
    event.add("transp", "TRANSPARENT")
    yield event


def _page(step: FollowUp) -> str:
    if step.company_id:
        return url_for("companies.show", company_id=step.company_id, _external=True)
    return url_for("partners.show", partner_id=step.partner_id, _external=True)
