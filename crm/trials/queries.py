"""Questions about trials."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from crm.errors import NotFound
from crm.trials.models import Trial, TrialState


def get_trial(session: Session, trial_id: int) -> Trial:
    asked = select(Trial).where(Trial.id == trial_id).options(joinedload(Trial.asked_by))
    found = session.scalars(asked).first()
    if found is None:
        raise NotFound("Fant ikke utprøvingen. Den blir borte etter en uke.")
    return found


def latest(*, limit: int = 8) -> Select[Trial]:
    """The newest trials, whoever asked."""
    return select(Trial).options(joinedload(Trial.asked_by)).order_by(Trial.id.desc()).limit(limit)


def unfinished(*, now: datetime) -> Select[Trial]:
    """Trials nobody is working on: waiting ones, and those whose worker fell silent."""
    abandoned = and_(Trial.state == TrialState.RUNNING, Trial.lease_until < now)
    return select(Trial).where(or_(Trial.state == TrialState.WAITING, abandoned)).order_by(Trial.id)
