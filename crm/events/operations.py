"""Acts on register events: writing them down, and seeing to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crm.activities import operations as activities
from crm.activities.drafts import FollowUpDraft, Subject
from crm.activities.models import FollowUp
from crm.companies.models import Company
from crm.errors import Conflict
from crm.events.models import Event
from crm.history import operations as history
from crm.registry.differences import Difference, News, Watch
from crm.registry.models import Unit

_AT_ONCE = 500
_Key = tuple[int, News, date, str, str]


def watch(session: Session, home: str, days: Mapping[str, date] | None = None) -> Watch:
    """The units whose news is wanted: those of the companies we follow."""
    followed = select(Company.orgnr).join(Company.lead).where(Company.orgnr.is_not(None))
    numbers = frozenset(filter(None, session.scalars(followed)))
    return Watch(numbers=numbers, home=home, days=days or {})


def note(session: Session, differences: Iterable[Difference], *, now: datetime) -> int:
    """Write news down, each piece once however often it is told; how many pieces were new."""
    told = list(differences)
    ours = _companies(session, {difference.orgnr for difference in told})
    wanted: dict[_Key, None] = {}
    for piece in told:
        if company_id := ours.get(piece.orgnr):
            wanted[company_id, piece.news, piece.on, piece.before, piece.after] = None
    return _write(session, list(wanted), now=now)


def note_missing_accounts(session: Session, *, today: date, now: datetime) -> int:
    """Tell of the accounts that should have been filed by the end of July and are not; how many were new.

    Only of companies that have filed before: others may not have to.
    """
    due = accounts_due(today)
    late = (
        select(Company.id)
        .join(Company.lead)
        .join(Unit, Unit.orgnr == Company.orgnr)
        .where(Unit.last_accounts < due, Unit.dissolved_on.is_(None), Unit.bankrupt.is_(False))
    )
    told = date(due + 1, 8, 1)
    return _write(
        session,
        [(company_id, News.ACCOUNTS_MISSING, told, "", str(due)) for company_id in session.scalars(late)],
        now=now,
    )


def accounts_due(today: date) -> int:
    """The newest year whose accounts must have been filed: they are due by 31 July of the next.

    Examples
    --------
    >>> accounts_due(date(2026, 7, 31)), accounts_due(date(2026, 8, 1))
    (2024, 2025)
    """
    return today.year - (1 if today.month > 7 else 2)


def forget(session: Session, numbers: Collection[str]) -> None:
    """Erase what was told of units the register has removed, but that they were removed."""
    gone = select(Company.id).where(Company.orgnr.in_(numbers))
    session.execute(
        delete(Event).where(Event.company_id.in_(gone), Event.news != News.REMOVED),
        execution_options={"synchronize_session": False},
    )


def put_aside(session: Session, actor_id: int, event: Event, *, now: datetime) -> None:
    """Say that nothing has to be done about an event; Conflict when somebody saw to it already."""
    _refuse_settled(event)
    event.settled_at, event.settled_by_id = now, actor_id
    history.record(session, actor_id, "event:put_aside", subject=event)


def take_up_again(session: Session, actor_id: int, event: Event) -> None:
    """Undo that an event was put aside."""
    event.settled_at, event.settled_by_id = None, None
    history.record(session, actor_id, "event:take_up_again", subject=event)


def follow_up(
    session: Session, actor_id: int, event: Event, draft: FollowUpDraft, *, now: datetime
) -> FollowUp:
    """Plan what an event calls for; Conflict when somebody saw to it already."""
    _refuse_settled(event)
    planned = activities.plan(session, actor_id, Subject(company_id=event.company_id), draft)
    session.flush()
    event.settled_at, event.settled_by_id, event.follow_up_id = now, actor_id, planned.id
    history.record(session, actor_id, "event:follow_up", subject=event)
    return planned


def _refuse_settled(event: Event) -> None:
    if event.settled_at is not None:
        raise Conflict("Noen har alt tatt tak i denne hendelsen.")


def _companies(session: Session, numbers: Collection[str]) -> dict[str, int]:
    """The companies we follow by their numbers."""
    ours: dict[str, int] = {}
    asked = sorted(numbers)
    for start in range(0, len(asked), _AT_ONCE):
        found = select(Company.orgnr, Company.id).join(Company.lead)
        found = found.where(Company.orgnr.in_(asked[start : start + _AT_ONCE]))
        ours |= {orgnr: company_id for orgnr, company_id in session.execute(found) if orgnr}
    return ours


def _write(session: Session, wanted: Sequence[_Key], *, now: datetime) -> int:
    known: set[_Key] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        ids = {key[0] for key in wanted[start : start + _AT_ONCE]}
        told = select(Event.company_id, Event.news, Event.happened_on, Event.before, Event.after)
        rows = session.execute(told.where(Event.company_id.in_(ids)))
        known |= {(row[0], row[1], row[2], row[3], row[4]) for row in rows}
    fresh = [key for key in wanted if key not in known]
    for company_id, news, on, before, after in fresh:
        session.add(
            Event(
                company_id=company_id,
                news=news,
                happened_on=on,
                before=before,
                after=after,
                created_at=now,
            )
        )
    session.flush()
    return len(fresh)
