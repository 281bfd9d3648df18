"""What a load has to tell the rest of the program, kept beside what it wrote until it has been passed on.

The mirror is a database of its own, and no commit covers both. So a load commits its units together with
what follows from them; that is passed on in a transaction of ours, which may be done twice without harm; only
then is it struck out here. Killed anywhere between, the next one to look passes it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crm.registry.counts import COUNTED, Counts
from crm.registry.differences import Difference, News
from crm.registry.models import Tiding


@dataclass(frozen=True, slots=True)
class Heard:
    """One load's tidings; ``load_id`` is its row in the ledger, where the row is to be closed by them."""

    id: int
    load_id: int | None
    counts: Counts


def leave(session: Session, counts: Counts, *, load_id: int | None, now: datetime) -> None:
    """Write down what a load came to, in the load's own transaction."""
    told: dict[str, Any] = {name: getattr(counts, name) for name in COUNTED}
    told["differences"] = [
        asdict(piece) | {"on": piece.on.isoformat(), "news": piece.news.value} for piece in counts.differences
    ]
    told["erased"] = counts.erased
    session.add(Tiding(load_id=load_id, told=told, at=now))


def waiting(session: Session) -> Sequence[Heard]:
    """What has not been passed on, oldest first."""
    kept = session.scalars(select(Tiding).order_by(Tiding.id))
    return [Heard(tiding.id, tiding.load_id, _counts(tiding.told)) for tiding in kept]


def strike(session: Session, tiding_id: int) -> None:
    """It has been passed on."""
    session.execute(delete(Tiding).where(Tiding.id == tiding_id))


def _counts(told: dict[str, Any]) -> Counts:
    counts = Counts()
    for name in COUNTED:
        setattr(counts, name, int(told[name]))
    counts.erased = list(told["erased"])
    counts.differences = [
        Difference(**piece | {"on": date.fromisoformat(piece["on"]), "news": News(piece["news"])})
        for piece in told["differences"]
    ]
    return counts
