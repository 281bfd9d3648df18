"""What has been kept as long as the rules say: tidied away once a day, and persons to look at."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, delete, exists, func, select, update
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts.models import AccessLink, ApiCreation, Attempt, SignInFailure, UserSession
from crm.activities.models import Activity
from crm.companies.models import Lead
from crm.contacts.models import CompanyRole, Contact
from crm.history.models import Entry
from crm.privacy.models import Access, Hold, RetentionRun
from crm.privacy.purposes import RULES
from crm.storage.base import Base
from crm.trials.models import Trial


class _Dated(NamedTuple):
    """Rows of a table that go when a moment of theirs is older than a rule allows."""

    table: Any
    at: Any
    rule: str


_DATED = (
    _Dated(Access.__table__, Access.at, "access"),
    _Dated(AccessLink.__table__, AccessLink.expires_at, "sign_in"),
    _Dated(ApiCreation.__table__, ApiCreation.created_at, "short"),
    _Dated(Attempt.__table__, Attempt.expires_at, "short"),
    _Dated(SignInFailure.__table__, SignInFailure.at, "short"),
    _Dated(Trial.__table__, Trial.created_at, "short"),
    _Dated(UserSession.__table__, func.coalesce(UserSession.ended_at, UserSession.expires_at), "sign_in"),
)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day some months earlier, or the last of that month where it has no such day.

    Examples
    --------
    >>> from datetime import UTC
    >>> months_before(datetime(2026, 5, 31, tzinfo=UTC), 3).date().isoformat()
    '2026-02-28'
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def outdated(session: Session, *, now: datetime) -> dict[str, int]:
    """How many rows of each table would go today: a dry run."""
    counts = {
        dated.table.name: _count(session, select(dated.table).where(rule)) for dated, rule in _outdated(now)
    }
    counts[Entry.__tablename__] = _count(session, select(Entry).where(_old_values(now)))
    return {table: count for table, count in counts.items() if count}


def tidy(session: Session, *, now: datetime) -> dict[str, int]:
    """Let what is outdated go, and write in the day's row how much of each; nothing where the day has one."""
    day = now.astimezone(clock.OSLO).date()
    if session.get(RetentionRun, day) is not None:
        return {}
    counts = {
        dated.table.name: _done(session, delete(dated.table).where(rule)) for dated, rule in _outdated(now)
    }
    counts[Entry.__tablename__] = _done(session, update(Entry).where(_old_values(now)).values(changes={}))
    gone = {table: count for table, count in counts.items() if count}
    session.add(RetentionRun(day=day, started_at=now, finished_at=now, counts=gone))
    return gone


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether today's tidying remains to be done."""
    return session.get(RetentionRun, now.astimezone(clock.OSLO).date()) is None


def last_run(session: Session) -> RetentionRun | None:
    """The newest day's tidying."""
    return session.scalars(select(RetentionRun).order_by(RetentionRun.day.desc()).limit(1)).first()


def long_kept(now: datetime) -> Select[Contact]:
    """Persons nobody has had contact with, nor with their company, for as long as the rule says.

    Who is held back by a reason written down, or was frozen, is left out; the longest kept come first.
    """
    limit = months_before(now, RULES["contacts"].months)
    talked = exists().where(Activity.contact_id == Contact.id, Activity.happened_at >= limit)
    followed = (
        exists()
        .where(CompanyRole.contact_id == Contact.id, CompanyRole.company_id == Lead.company_id)
        .where(Lead.last_contact_at >= limit)
    )
    held = exists().where(Hold.contact_id == Contact.id, Hold.review_on > now.astimezone(clock.OSLO).date())
    asked = select(Contact).where(Contact.created_at < limit, ~talked, ~followed, ~held)
    return asked.where(Contact.restricted.is_(False)).order_by(Contact.created_at, Contact.id)


def count_long_kept(session: Session, *, now: datetime) -> int:
    return _count(session, long_kept(now).order_by(None))


def _outdated(now: datetime) -> Iterator[tuple[_Dated, ColumnElement[bool]]]:
    """Each table with what of it is outdated; spreadsheets are known by their tables alone."""
    imports, kept = (Base.metadata.tables[name] for name in ("imports", "import_files"))
    for dated in (*_DATED, _Dated(imports, imports.c.created_at, "import_rows")):
        yield dated, dated.at < months_before(now, RULES[dated.rule].months)
    limit = months_before(now, RULES["import_files"].months)
    whose = select(imports.c.id).where(imports.c.created_at < limit)
    yield _Dated(kept, None, "import_files"), kept.c.import_id.in_(whose)


def _old_values(now: datetime) -> ColumnElement[bool]:
    """Lines of the trail whose values are old; that something was done stays."""
    written = func.length(cast(Entry.changes, Text)) > len("{}")
    return (Entry.at < months_before(now, RULES["trail"].months)) & written


def _count(session: Session, asked: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def _done(session: Session, act: Any) -> int:
    done = session.execute(act, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
