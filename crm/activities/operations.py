"""Acts on the log and on follow-ups."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import secrets
from crm.activities import mentions, queries
from crm.activities.drafts import ActivityDraft, FollowUpDraft, Subject
from crm.activities.models import Activity, CalendarFeed, FollowUp
from crm.companies import operations as companies
from crm.companies.operations import LastContact
from crm.errors import Conflict
from crm.history import operations as history


def log_activity(session: Session, actor_id: int, subject: Subject, draft: ActivityDraft) -> Activity:
    """Log what happened, with the next step as a follow-up; the same form twice logs once."""
    known = queries.find_by_form_key(session, draft.form_key)
    if known is not None:
        return known
    activity = Activity(
        company_id=subject.company_id,
        partner_id=subject.partner_id,
        contact_id=draft.contact_id,
        kind=draft.kind,
        outcome=draft.outcome,
        happened_at=draft.happened_at,
        text=draft.text,
        by_id=actor_id,
        form_key=draft.form_key,
        demo=draft.demo,
    )
    session.add(activity)
    history.record(session, actor_id, "activity:log", subject=activity, changes={})
    if draft.next_step:
        plan(session, actor_id, subject, draft.next_step, activity=activity)
    refresh_last_contact(session, subject)
    mentions.tell(session, actor_id, activity, now=clock.now())
    return activity


def update_activity(session: Session, actor_id: int, activity: Activity, draft: ActivityDraft) -> None:
    """Correct a line of the log."""
    activity.kind, activity.outcome, activity.text = draft.kind, draft.outcome, draft.text
    activity.happened_at, activity.contact_id = draft.happened_at, draft.contact_id
    history.record(session, actor_id, "activity:update", subject=activity)
    mentions.tell(session, actor_id, activity, now=clock.now())
    refresh_last_contact(session, _subject_of(activity))


def delete_activity(session: Session, actor_id: int, activity: Activity) -> None:
    """Take a line out of the log; the trail keeps what it said, so that it can be put back."""
    kept = {
        "kind": [activity.kind.value, None],
        "outcome": [activity.outcome.value if activity.outcome else None, None],
        "text": [activity.text, None],
        "happened_at": [activity.happened_at.isoformat(), None],
    }
    history.record(session, actor_id, "activity:delete", subject=activity, changes=dict(kept))
    subject = _subject_of(activity)
    session.delete(activity)
    session.flush()
    refresh_last_contact(session, subject)


def refresh_last_contact(session: Session, subject: Subject) -> None:
    """Let the lead show its newest real contact, whatever order things were logged in."""
    if subject.company_id is None:
        return
    session.flush()
    newest = queries.newest_contact(session, subject.company_id)
    contact = LastContact(newest.happened_at, newest.by_id, newest.kind.value) if newest else None
    companies.set_last_contact(session, subject.company_id, contact)


def plan(
    session: Session,
    actor_id: int,
    subject: Subject,
    draft: FollowUpDraft,
    *,
    activity: Activity | None = None,
) -> FollowUp:
    """Decide that something shall happen."""
    follow_up = FollowUp(
        company_id=subject.company_id,
        partner_id=subject.partner_id,
        activity_id=activity.id if activity else None,
        text=draft.text,
        due_on=draft.due_on,
        owner_id=draft.owner_id,
        demo=draft.demo,
    )
    session.add(follow_up)
    history.record(session, actor_id, "follow_up:plan", subject=follow_up)
    return follow_up


def finish(session: Session, actor_id: int, follow_up: FollowUp, *, now: datetime) -> None:
    """Tick a follow-up off; Conflict when somebody already has."""
    if follow_up.done_at is not None:
        raise Conflict("Oppfølgingen er alt krysset av.")
    follow_up.done_at, follow_up.done_by_id = now, actor_id
    history.record(session, actor_id, "follow_up:finish", subject=follow_up)


def reopen(session: Session, actor_id: int, follow_up: FollowUp) -> None:
    """Undo a tick."""
    follow_up.done_at, follow_up.done_by_id = None, None
    history.record(session, actor_id, "follow_up:reopen", subject=follow_up)


def postpone(session: Session, actor_id: int, follow_up: FollowUp, *, to: date) -> None:
    """Move a follow-up to another day."""
    follow_up.due_on = to
    history.record(session, actor_id, "follow_up:postpone", subject=follow_up)


def open_feed(session: Session, user_id: int) -> str:
    """A fresh secret for one's calendar, told once; the address made before stops working."""
    close_feed(session, user_id)
    token = secrets.new_token()
    feed = CalendarFeed(user_id=user_id, token_hash=secrets.fingerprint(token))
    session.add(feed)
    history.record(session, user_id, "calendar:open", subject=feed, changes={})
    return token


def close_feed(session: Session, user_id: int) -> None:
    """Let nobody read one's calendar any more."""
    feed = queries.feed_of(session, user_id)
    if feed is not None:
        history.record(session, user_id, "calendar:close", subject=feed, changes={})
        session.delete(feed)
        session.flush()


def _subject_of(activity: Activity) -> Subject:
    return Subject(company_id=activity.company_id, partner_id=activity.partner_id)
