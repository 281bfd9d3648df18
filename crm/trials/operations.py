"""Acts on trials."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crm.errors import Conflict
from crm.trials.drafts import TrialDraft
from crm.trials.models import Trial, TrialState

KEPT_FOR = timedelta(days=7)
LEASE = timedelta(minutes=20)


def request(session: Session, actor_id: int, draft: TrialDraft, *, now: datetime) -> Trial:
    """Ask for a trial; those older than a week are cleared away."""
    old = delete(Trial).where(Trial.created_at < now - KEPT_FOR)
    session.execute(old.execution_options(synchronize_session=False))
    asked = asdict(draft) | {"weights": dict(draft.weights)}
    trial = Trial(kind=asked.pop("kind"), asked=asked, found={}, asked_by_id=actor_id, created_at=now)
    session.add(trial)
    session.flush()
    return trial


def claim(session: Session, trial_id: int, *, now: datetime) -> int | None:
    """Take a trial to work on; its fencing number, or None when another holds it or it is done."""
    free = (Trial.state == TrialState.WAITING) | (
        (Trial.state == TrialState.RUNNING) & (Trial.lease_until < now)
    )
    taken = session.execute(
        update(Trial)
        .where(Trial.id == trial_id, free)
        .values(state=TrialState.RUNNING, claim=Trial.claim + 1, lease_until=now + LEASE)
        .returning(Trial.claim)
        .execution_options(synchronize_session=False)
    ).first()
    return taken[0] if taken else None


def finish(session: Session, trial_id: int, number: int, found: dict[str, Any], *, now: datetime) -> None:
    """Keep what came out; Conflict when the claim has been lost."""
    _fenced(session, trial_id, number, state=TrialState.DONE, found=found, finished_at=now)


def fail(session: Session, trial_id: int, number: int, message: str, *, now: datetime) -> None:
    """Write down why it could not be done."""
    _fenced(session, trial_id, number, state=TrialState.FAILED, message=message[:2000], finished_at=now)


def _fenced(session: Session, trial_id: int, number: int, **values: Any) -> None:
    mine = update(Trial).where(Trial.id == trial_id, Trial.claim == number, Trial.state == TrialState.RUNNING)
    touched: Any = session.execute(mine.values(**values).execution_options(synchronize_session=False))
    if touched.rowcount != 1:
        raise Conflict("En annen prosess har tatt over utprøvingen.")
