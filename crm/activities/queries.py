"""Questions about what happened and what shall happen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from crm.activities.drafts import Subject
from crm.activities.models import Activity, CalendarFeed, FollowUp, Kind, Outcome
from crm.errors import NotFound
from crm.spelling import fold
from crm.storage import finding

Bounds = tuple[date | None, date | None]
_WORD = re.compile(r"[a-z0-9]+")


def get_activity(session: Session, activity_id: int) -> Activity:
    found = session.scalars(activities().where(Activity.id == activity_id)).first()
    if found is None:
        raise NotFound("Fant ikke oppføringen i loggen. Den kan være slettet.")
    return found


def find_by_form_key(session: Session, form_key: str | None) -> Activity | None:
    return session.scalar(select(Activity).where(Activity.form_key == form_key)) if form_key else None


def activities() -> Select[Activity]:
    """The whole log, newest first, with everybody a line mentions."""
    eager = (Activity.company, Activity.partner, Activity.contact, Activity.by)
    newest_first = (Activity.happened_at.desc(), Activity.id.desc())
    return select(Activity).options(*(joinedload(name) for name in eager)).order_by(*newest_first)


def search(session: Session, text: str, *, limit: int = 5) -> Sequence[Activity]:
    """Lines of the log with words that begin as those typed, the newest first."""
    words = _WORD.findall(fold(text))[:8]
    if len("".join(words)) < 3:
        return []
    rule = finding.has_words("find_activities", Activity.id, Activity.text, words, newest=limit * 4)
    return session.scalars(activities().where(rule).limit(limit)).all()


def log_of(subject: Subject) -> Select[Activity]:
    """The log of one company or partner, newest first."""
    return activities().where(
        Activity.company_id == subject.company_id
        if subject.company_id is not None
        else Activity.partner_id == subject.partner_id
    )


def newest_contact(session: Session, company_id: int) -> Activity | None:
    """The newest real contact with a company; notes and calls nobody took are none."""
    real = and_(
        Activity.company_id == company_id,
        Activity.kind != Kind.NOTE,
        or_(Activity.outcome.is_(None), Activity.outcome != Outcome.NOT_REACHED),
    )
    newest_first = (Activity.happened_at.desc(), Activity.id.desc())
    return session.scalars(select(Activity).where(real).order_by(*newest_first).limit(1)).first()


def get_follow_up(session: Session, follow_up_id: int) -> FollowUp:
    found = session.scalars(follow_ups().where(FollowUp.id == follow_up_id)).first()
    if found is None:
        raise NotFound("Fant ikke oppfølgingen. Den kan være slettet.")
    return found


def open_follow_ups(
    owner_id: int | None = None, *, since: date | None = None, until: date | None = None
) -> Select[FollowUp]:
    """What is not done yet, the most pressing first; one person's, or everybody's."""
    return follow_ups().where(*_still_open(owner_id, until, since)).order_by(FollowUp.due_on, FollowUp.id)


def count_open_follow_ups(
    session: Session, owner_id: int | None = None, *, since: date | None = None, until: date | None = None
) -> int:
    return session.scalar(counted_follow_ups(owner_id, since=since, until=until)) or 0


def counted_follow_ups(
    owner_id: int | None = None, *, since: date | None = None, until: date | None = None
) -> Select[int]:
    """The question of how many follow-ups are open, to be asked with others."""
    return select(func.count(FollowUp.id)).where(*_still_open(owner_id, until, since))


def due_counts(session: Session, owner_id: int | None, bounds: Mapping[str, Bounds]) -> dict[str, int]:
    """How many open follow-ups fall within each pair of days, first and last, in one question."""
    sums = [
        func.coalesce(func.sum(case((and_(true(), *_within(since, until)), 1), else_=0)), 0)
        for since, until in bounds.values()
    ]
    row = session.execute(select(*sums).where(*_still_open(owner_id, None))).one()
    return dict(zip(bounds, row, strict=True))


def find_feed(session: Session, token_hash: str) -> CalendarFeed | None:
    found = select(CalendarFeed).where(CalendarFeed.token_hash == token_hash)
    return session.scalars(found.options(joinedload(CalendarFeed.user))).first()


def feed_of(session: Session, user_id: int) -> CalendarFeed | None:
    return session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def _within(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield FollowUp.due_on >= since
    if until is not None:
        yield FollowUp.due_on <= until


def _still_open(
    owner_id: int | None, until: date | None, since: date | None = None
) -> Iterator[ColumnElement[bool]]:
    yield FollowUp.done_at.is_(None)
    if owner_id is not None:
        yield FollowUp.owner_id == owner_id
    yield from _within(since, until)


def follow_ups_of(subject: Subject) -> Select[FollowUp]:
    """What is still to be done for one company or partner."""
    return open_follow_ups().where(
        FollowUp.company_id == subject.company_id
        if subject.company_id is not None
        else FollowUp.partner_id == subject.partner_id
    )


def next_steps(session: Session, company_ids: Collection[int]) -> dict[int, FollowUp]:
    """The next open follow-up of each company, in one question."""
    place = func.row_number().over(partition_by=FollowUp.company_id, order_by=(FollowUp.due_on, FollowUp.id))
    ranked = (
        select(FollowUp.id, place.label("place"))
        .where(FollowUp.company_id.in_(company_ids), FollowUp.done_at.is_(None))
        .subquery()
    )
    first = select(FollowUp).join(ranked, ranked.c.id == FollowUp.id).where(ranked.c.place == 1)
    found = session.scalars(first.options(joinedload(FollowUp.owner)))
    return {step.company_id: step for step in found if step.company_id is not None}


def follow_ups() -> Select[FollowUp]:
    """Everything that shall happen or was ticked off, with whom it is about and who does it."""
    return select(FollowUp).options(
        joinedload(FollowUp.company), joinedload(FollowUp.partner), joinedload(FollowUp.owner)
    )
