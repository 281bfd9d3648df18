"""How much was asked in a minute, counted in the database, so that all processes count together."""

from __future__ import annotations

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from crm.accounts.models import ApiWindow

_KEPT_MINUTES = 60


def reserve(session: Session, who: str, minute: int, *, wanted: int, limit: int) -> int:
    """Leave to ask so many times more in a minute: as many as wanted, or what the limit leaves; 0 for none.

    IntegrityError where another process was first to count somebody; ask again then.
    """
    left = case((ApiWindow.minute == minute, limit - ApiWindow.used), else_=limit)
    room = session.scalar(select(left).where(ApiWindow.who == who).with_for_update())
    if room is None:
        old = delete(ApiWindow).where(ApiWindow.minute < minute - _KEPT_MINUTES)
        session.execute(old.execution_options(synchronize_session=False))
        session.add(ApiWindow(who=who, minute=minute, used=min(wanted, limit)))
        session.flush()
        return min(wanted, limit)
    given = max(0, min(wanted, int(room)))
    if given:
        counted = case((ApiWindow.minute == minute, ApiWindow.used + given), else_=given)
        mine = update(ApiWindow).where(ApiWindow.who == who)
        session.execute(mine.values(used=counted, minute=minute))
    return given
