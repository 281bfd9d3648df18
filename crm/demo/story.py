"""What the demo's colleagues have done and will do: leads, their log and their follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crm.activities import operations as log
from crm.activities.drafts import ActivityDraft, FollowUpDraft, Subject
from crm.activities.models import Activity, FollowUp, Kind, Outcome
from crm.companies import operations as companies
from crm.companies.drafts import LeadDraft, MoveDraft
from crm.companies.models import Company, Lead, Stage
from crm.demo import content, days
from crm.demo.cast import Cast
from crm.demo.content import Entry

_UNTOUCHED_FOR = timedelta(days=6)


def tell(cast: Cast) -> None:
    """Let everything happen that has happened, and plan what shall."""
    for entry in content.leads():
        _lead(cast, entry)
    for entry in content.partner_activities():
        subject = Subject(partner_id=cast.partners[entry["partner"]].id)
        _log(cast, subject, [entry], days.moments([entry], now=cast.now))


def _lead(cast: Cast, entry: Entry) -> None:
    told = entry.get("activity", [])
    when = days.moments(told, now=cast.now)
    company = cast.companies[entry["company"]]
    lead = _follow(cast, entry, company, since=min(when, default=cast.now - _UNTOUCHED_FOR))
    subject = Subject(company_id=company.id)
    _log(cast, subject, told, when)
    for planned in entry.get("follow_up", []):
        _plan(cast, subject, planned, since=lead.created_at)
    _move(cast, entry, lead, at=max(when, default=lead.created_at))


def _follow(cast: Cast, entry: Entry, company: Company, *, since: datetime) -> Lead:
    draft = LeadDraft(
        segments=frozenset(entry["segments"]),
        source=entry["source"],
        owner_id=cast.owner_of(entry["owner"]),
    )
    company.created_at = since
    return companies.follow(cast.session, cast.colleagues[entry["owner"]].id, company, draft, now=since)


def _move(cast: Cast, entry: Entry, lead: Lead, *, at: datetime) -> None:
    wakes = days.due(cast.now, entry["wake_in_days"]) if "wake_in_days" in entry else None
    draft = MoveDraft(stage=Stage(entry["stage"]), reason=entry.get("reason", ""), wake_on=wakes)
    if draft.stage is not lead.stage:
        companies.move_lead(cast.session, cast.colleagues[entry["owner"]].id, lead, draft, now=at)


def _log(cast: Cast, subject: Subject, told: Sequence[Entry], when: Sequence[datetime]) -> None:
    for entry, moment in zip(told, when, strict=True):
        draft = ActivityDraft(
            kind=Kind(entry["kind"]),
            happened_at=moment,
            text=entry["text"],
            outcome=Outcome(entry["outcome"]) if "outcome" in entry else None,
            contact_id=cast.person_id(entry.get("person")),
            demo=True,
        )
        made: Activity = log.log_activity(cast.session, cast.colleagues[entry["by"]].id, subject, draft)
        made.created_at = moment


def _plan(cast: Cast, subject: Subject, entry: Entry, *, since: datetime) -> FollowUp:
    due_on = days.due(cast.now, entry["due_in_days"])
    owner_id = cast.owner_of(entry["owner"])
    draft = FollowUpDraft(text=entry["text"], due_on=due_on, owner_id=owner_id, demo=True)
    planned = log.plan(cast.session, cast.colleagues[entry["owner"]].id, subject, draft)
    planned.created_at = since
    if entry["done"]:
        finished = min(days.at(days.working_day(due_on), "14:30"), cast.now)
        log.finish(cast.session, owner_id, planned, now=finished)
    return planned
