"""Questions about who did and saw what: for a breach, and for the person who asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from crm.accounts.models import User
from crm.history.models import Entry
from crm.privacy.models import Access

_BLOCK = 5000
_AT_ONCE = 500


@dataclass(slots=True)
class Touch:
    """What one user did with the records asked about: how often, when, and with how many of them."""

    user: str
    act: str
    times: int
    first: datetime
    last: datetime
    records: int


def touched(
    session: Session, subject: str, ids: Collection[int], *, since: datetime, until: datetime
) -> list[Touch]:
    """Who changed, saw or took out records of one kind in a span of time; ``ids`` empty is all of them."""
    names = {user.id: user.name for user in session.scalars(select(User))}
    found = [
        Touch(names.get(user or 0, ""), act, times, first, last, records)
        for user, act, times, first, last, records in _changed(session, subject, ids, since, until)
    ]
    found += _seen(session, subject, set(ids), names, since=since, until=until)
    return sorted(found, key=lambda touch: (touch.user, touch.act))


def accesses(session: Session, *, limit: int) -> Sequence[Access]:
    """What was last seen, searched and taken out, newest first."""
    asked = select(Access).options(joinedload(Access.user)).order_by(Access.id.desc()).limit(limit)
    return session.scalars(asked).all()


def seen_by(session: Session, subject: str, number: int) -> list[tuple[datetime, str, str]]:
    """Who saw or took out one record, and when; newest first."""
    asked = select(Access).where(Access.subject == subject, Access.lowest <= number, Access.highest >= number)
    rows = session.scalars(asked.options(joinedload(Access.user)).order_by(Access.id.desc()))
    return [(row.at, row.act.value, row.user.name if row.user else "") for row in rows if number in row.ids]


def _changed(
    session: Session, subject: str, ids: Collection[int], since: datetime, until: datetime
) -> list[tuple[int | None, str, int, datetime, datetime, int]]:
    asked = (
        select(
            Entry.actor_id,
            Entry.action,
            func.count(),
            func.min(Entry.at),
            func.max(Entry.at),
            func.count(func.distinct(Entry.subject_id)),
        )
        .where(Entry.subject == subject[:20], Entry.at >= since, Entry.at < until)
        .group_by(Entry.actor_id, Entry.action)
    )
    if ids:
        asked = asked.where(Entry.subject_id.in_(sorted(ids)[:_AT_ONCE]))
    return [tuple(row) for row in session.execute(asked)]  # type: ignore[misc]


def _seen(
    session: Session, subject: str, ids: set[int], names: dict[int, str], *, since: datetime, until: datetime
) -> list[Touch]:
    """What the log of who saw what tells, an act of a user at a time."""
    asked = select(Access.user_id, Access.act, Access.at, Access.ids, Access.rows).where(
        Access.subject == subject, Access.at >= since, Access.at < until
    )
    if ids:
        asked = asked.where(Access.lowest <= max(ids), Access.highest >= min(ids))
    found: dict[tuple[int | None, str], Touch] = {}
    records: dict[tuple[int | None, str], set[int]] = {}
    for user, act, at, held, rows in session.execute(asked.execution_options(yield_per=_BLOCK)):
        hit = ids & set(held) if ids else set(held)
        if not hit and (ids or not rows):
            continue
        key = (user, act.value)
        touch = found.setdefault(key, Touch(names.get(user or 0, ""), act.value, 0, at, at, 0))
        touch.times, touch.first, touch.last = touch.times + 1, min(touch.first, at), max(touch.last, at)
        records.setdefault(key, set()).update(hit)
    for key, touch in found.items():
        touch.records = len(records[key])
    return list(found.values())
