"""Removing the demo whole, and nothing real with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.activities import operations as log
from crm.activities.drafts import Subject
from crm.activities.models import Activity
from crm.companies.models import Company
from crm.demo import belongings
from crm.history import operations as history
from crm.history.models import Entry
from crm.matches.models import MatchRun
from crm.storage.base import Base


def remove_demo(session: Session, actor_id: int | None) -> dict[str, int]:
    """Remove the demo, what hangs on it, its trail, and rounds of it alone; how many rows went, by table.

    An invented colleague to whom something real was given stays until it is given to somebody else.
    """
    session.flush()
    runs, touched = belongings.runs_of_demo_alone(session), _real_companies_in_the_story(session)
    _forget_trail(session)
    gone = {model.__tablename__: _delete(session, model, rule) for model, rule in belongings.RULES.items()}
    gone["match_runs"] = _delete(session, MatchRun, MatchRun.id.in_(runs))
    gone["users"] = _remove_colleagues(session)
    session.expire_all()
    for company_id in touched:
        log.refresh_last_contact(session, Subject(company_id=company_id))
    _write_down(session, actor_id, gone)
    return gone


def _delete(session: Session, model: type[Base], rule: ColumnElement[bool]) -> int:
    doomed = delete(model).where(rule).execution_options(synchronize_session=False)
    result: Any = session.execute(doomed)
    return int(result.rowcount)


def _forget_trail(session: Session) -> None:
    """The trail of rows that go, and what invented colleagues are said to have done."""
    own = [
        (Entry.subject == model.__tablename__) & Entry.subject_id.in_(select(model.id).where(rule))  # type: ignore[attr-defined]
        for model, rule in belongings.RULES.items()
    ]
    by_colleagues = Entry.actor_id.in_(select(User.id).where(User.demo))
    _delete(session, Entry, or_(by_colleagues, *own))


def _remove_colleagues(session: Session) -> int:
    free = session.scalars(select(User.id).where(belongings.free_users())).all()
    _delete(session, Entry, (Entry.subject == "users") & Entry.subject_id.in_(free))
    return _delete(session, User, User.id.in_(free))


def _real_companies_in_the_story(session: Session) -> list[int]:
    """Companies that stay, but whose newest contact may be one of the demo's."""
    told = select(Activity.company_id).join(Company, Company.id == Activity.company_id)
    found = session.scalars(told.where(Activity.demo, ~Company.demo).distinct())
    return [company_id for company_id in found if company_id is not None]


def _write_down(session: Session, actor_id: int | None, gone: dict[str, int]) -> None:
    actor = session.get(User, actor_id) if actor_id else None
    if actor:
        history.record(session, actor_id, "demo:remove", subject=actor, changes=dict(gone))
