"""Removing the demo whole, and nothing that is real."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Delete, delete, exists, or_, select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.activities.models import Activity, FollowUp
from crm.companies.models import Company, Lead
from crm.contacts.models import Contact
from crm.demo.load import counts
from crm.history import operations as history
from crm.matches.models import Introduction, MatchRun, RunState, Suggestion
from crm.partners.models import Need, Offer, Partner


def remove_demo(session: Session, actor_id: int) -> dict[str, int]:
    """Take the demo out with all that hangs on it; returns how many rows of each table were the demo's."""
    found = counts(session)
    for statement in _in_order():
        session.execute(statement.execution_options(synchronize_session=False))
    actor = session.get_one(User, actor_id)
    history.record(session, actor_id, "demo:remove", subject=actor, changes=dict(found))
    session.expire_all()
    return found


def _in_order() -> list[Delete]:
    """What refers goes before what is referred to; the log of a demo company goes with the company."""
    companies, partners = select(Company.id).where(Company.demo), select(Partner.id).where(Partner.demo)
    needs = select(Need.id).where(or_(Need.demo, Need.partner_id.in_(partners)))
    return [
        _pairs(Introduction, companies, needs),
        _pairs(Suggestion, companies, needs),
        _of_subject(FollowUp, companies, partners),
        _of_subject(Activity, companies, partners),
        _of_subject(Offer, companies, partners),
        delete(Need).where(Need.id.in_(needs)),
        delete(Partner).where(Partner.demo),
        delete(Lead).where(Lead.company_id.in_(companies)),
        delete(Company).where(Company.demo),
        delete(Contact).where(Contact.demo),
        delete(MatchRun).where(
            MatchRun.state == RunState.DONE,
            MatchRun.suggestions > 0,
            ~exists().where(Suggestion.run_id == MatchRun.id),
        ),
        delete(User).where(User.demo, *(_unused(column) for column in _holds_a_user())),
    ]


def _pairs(table: type[Introduction | Suggestion], companies: Any, needs: Any) -> Delete:
    return delete(table).where(or_(table.company_id.in_(companies), table.need_id.in_(needs)))


def _of_subject(table: type[FollowUp | Activity | Offer], companies: Any, partners: Any) -> Delete:
    return delete(table).where(
        or_(table.demo, table.company_id.in_(companies), table.partner_id.in_(partners))
    )


def _holds_a_user() -> list[Any]:
    """Where something real may still name a demo colleague, who then stays as a name."""
    return [
        Activity.by_id,
        FollowUp.owner_id,
        FollowUp.done_by_id,
        Lead.owner_id,
        Lead.last_contact_by_id,
        Introduction.opened_by_id,
    ]


def _unused(column: Any) -> Any:
    return ~exists().where(column == User.id)
