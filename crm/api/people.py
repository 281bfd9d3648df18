"""Colleagues, for programs: whose number goes where an owner is asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from crm.accounts import queries
from crm.accounts.models import User
from crm.api.declarations import Call, Resource
from crm.api.paging import Term, piece
from crm.api.shapes import ListQuery, Named
from crm.errors import NotFound


class ColleagueOut(Named):
    """Somebody who may own a lead or a follow-up."""


def read(session: Session, user_id: int) -> ColleagueOut:
    found = session.scalar(queries.colleagues().where(User.id == user_id))
    if found is None:
        raise NotFound("Fant ingen kollega med dette nummeret.")
    return told(found)


def told(user: User) -> ColleagueOut:
    """A colleague as answered; neither address nor role."""
    return ColleagueOut(id=user.id, name=user.name)


resource = Resource("colleagues", ColleagueOut, read)
_ORDER = (Term(User.name), Term(User.id, int))


@resource.lists(ListQuery, "List those who may own a lead or a follow-up")
def index(call: Call[ListQuery]) -> dict[str, Any]:
    return piece(call.session, queries.colleagues(), _ORDER, call.asked, told)
