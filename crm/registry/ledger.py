"""The ledger of loads: what was asked for, what is under way, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.errors import said
from crm.registry.counts import Counts
from crm.registry.models import LoadState, RegisterLoad

SEGMENTS = "segments"
WHOLE = "whole"
STOPPED = said("Stanset. Det som var hentet, blir liggende, og neste gang går det videre derfra.")
LONGEST_FETCH = timedelta(minutes=15)
LONGEST_LOAD = timedelta(hours=6)


def begin_load(
    session: Session, kind: str, source: str, *, now: datetime, state: LoadState = LoadState.RUNNING
) -> RegisterLoad:
    """Write down that register data is being taken in, or waits to be."""
    started = now if state is LoadState.RUNNING else None
    load = RegisterLoad(
        kind=kind, source=source[:300], state=state, created_at=now, started_at=started, asked={}
    )
    session.add(load)
    session.flush()
    return load


def request_segments(session: Session, municipality_no: str, *, now: datetime) -> RegisterLoad:
    """Ask for the units of the segments' industries around a municipality; the one that waits, if any."""
    waiting = select(RegisterLoad).where(
        RegisterLoad.kind == SEGMENTS, RegisterLoad.state.in_([LoadState.WAITING, LoadState.RUNNING])
    )
    asked = {"municipality_no": municipality_no}
    for load in session.scalars(waiting):
        if load.asked == asked:
            return load
    made = begin_load(session, SEGMENTS, "Enhetsregisteret", now=now, state=LoadState.WAITING)
    made.asked = asked
    return made


def request_whole(session: Session, file: str, *, now: datetime) -> RegisterLoad:
    """Ask for the whole register, from a file of the register's folder or, for "", from the network."""
    under_way = whole_under_way(session)
    if under_way is not None:
        return under_way
    made = begin_load(session, WHOLE, file or "Enhetsregisteret", now=now, state=LoadState.WAITING)
    made.asked = {"file": file}
    return made


def whole_under_way(session: Session) -> RegisterLoad | None:
    """The load of the whole register that waits or is at work."""
    under_way = RegisterLoad.state.in_([LoadState.WAITING, LoadState.RUNNING])
    return session.scalars(select(RegisterLoad).where(RegisterLoad.kind == WHOLE, under_way)).first()


def report(session: Session, load_id: int, told: dict[str, Any], *, now: datetime) -> bool:
    """Write down how far a load has come, and that its worker lives; False where it is to stop."""
    load = session.get_one(RegisterLoad, load_id, with_for_update=True)
    if load.asked.get("stop"):
        return False
    load.asked, load.started_at = load.asked | told, now
    return True


def stop(load: RegisterLoad, *, now: datetime) -> None:
    """Have a load stop at its next step; one that nobody has begun is over at once."""
    if load.state is LoadState.WAITING:
        load.state, load.finished_at, load.message = LoadState.FAILED, now, STOPPED
    load.asked = load.asked | {"stop": True}


def claim_load(session: Session, load_id: int, *, now: datetime) -> dict[str, Any] | None:
    """Take a load that waits, or that its worker left; what was asked, or None when another has it."""
    left = (RegisterLoad.state == LoadState.RUNNING) & (RegisterLoad.started_at < now - LONGEST_FETCH)
    taken = session.execute(
        update(RegisterLoad)
        .where(RegisterLoad.id == load_id, (RegisterLoad.state == LoadState.WAITING) | left)
        .values(state=LoadState.RUNNING, started_at=now)
        .returning(RegisterLoad.asked)
        .execution_options(synchronize_session=False)
    ).first()
    return dict(taken[0]) if taken else None


def finish_load(session: Session, load_id: int, counts: Counts, *, now: datetime) -> None:
    """Write down what a load did; in the load's own transaction, so that both stand or fall."""
    numbers = {
        name: getattr(counts, name) for name in ("read", "new", "changed", "unchanged", "removed", "rejected")
    }
    _close_load(session, load_id, state=LoadState.DONE, finished_at=now, message="", **numbers)


def fail_load(session: Session, load_id: int, message: str, *, now: datetime) -> None:
    """Write down why a load took nothing in."""
    _close_load(session, load_id, state=LoadState.FAILED, finished_at=now, message=message[:2000])


def give_up_abandoned(session: Session, *, now: datetime) -> int:
    """Close loads of files whose process must have been killed: nothing of them was taken in."""
    left = update(RegisterLoad).where(
        RegisterLoad.state == LoadState.RUNNING,
        RegisterLoad.kind.not_in([SEGMENTS, WHOLE]),
        RegisterLoad.started_at < now - LONGEST_LOAD,
    )
    told = said("Innlesingen ble avbrutt. Ingenting er endret. Start den på nytt.")
    closed: Any = session.execute(left.values(state=LoadState.FAILED, finished_at=now, message=told))
    return int(closed.rowcount)


def _close_load(session: Session, load_id: int, **values: Any) -> None:
    closing = update(RegisterLoad).where(RegisterLoad.id == load_id).values(**values)
    session.execute(closing.execution_options(synchronize_session=False))
