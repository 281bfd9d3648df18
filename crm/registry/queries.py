"""Questions to the mirror."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from crm.registry import finding
from crm.registry.models import LoadState, RegisterLoad, SubUnit, Unit, is_living

_MOST_ASKED = 900


def find_unit(session: Session, orgnr: str | None) -> Unit | None:
    return session.get(Unit, orgnr) if orgnr else None


def by_orgnrs(session: Session, numbers: Sequence[str]) -> dict[str, Unit]:
    """Those of the numbers that the mirror holds."""
    found: dict[str, Unit] = {}
    for start in range(0, len(numbers), _MOST_ASKED):
        asked = select(Unit).where(Unit.orgnr.in_(numbers[start : start + _MOST_ASKED]))
        found |= {unit.orgnr: unit for unit in session.scalars(asked)}
    return found


def count_units(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Unit)) or 0


def workplaces(orgnr: str) -> Select[SubUnit]:
    """The workplaces of a unit that are still open, the largest first."""
    open_ones = select(SubUnit).where(SubUnit.parent == orgnr, SubUnit.closed_on.is_(None))
    return open_ones.order_by(SubUnit.employees.desc().nulls_last(), SubUnit.name)


def workplaces_in(orgnr: str, municipality_no: str) -> Select[SubUnit]:
    """The open workplaces of a unit in one municipality, the largest first."""
    return workplaces(orgnr).where(SubUnit.municipality_no == municipality_no)


def search(session: Session, text: str, *, limit: int = 10) -> Sequence[Unit]:
    """The units that a typed text may mean, the best first."""
    return finding.search(session, text, limit=limit)


def living() -> Select[Unit]:
    """Units that can be worked with."""
    return select(Unit).where(is_living())


def matchable(session: Session, prefixes: Collection[str], *, at_most: int = 250_000) -> Iterator[Unit]:
    """Living units worth ranking: all of them, or in a large mirror those of the segments' industries."""
    wanted = living()
    if count_units(session) > at_most:
        wanted = wanted.where(or_(*(Unit.industry_2025.startswith(prefix) for prefix in sorted(prefixes))))
    yield from session.scalars(wanted.order_by(Unit.orgnr).execution_options(yield_per=2000))


def texts_with_industries() -> Select[Any]:
    """What every unit ever seen writes of itself and the industries it is registered with, as a stream."""
    columns = (Unit.orgnr, Unit.name, Unit.purpose, Unit.activity, Unit.industry, Unit.industry_name)
    more = (Unit.industry_standard, Unit.industry_2025, Unit.other_industries)
    return select(*columns, *more).where(Unit.industry.is_not(None)).execution_options(yield_per=5000)


def last_load(session: Session) -> RegisterLoad | None:
    """The newest finished load, which tells how fresh the mirror is."""
    done = select(RegisterLoad).where(RegisterLoad.state == LoadState.DONE)
    return session.scalars(done.order_by(RegisterLoad.finished_at.desc()).limit(1)).first()


def last_begun(session: Session, kind: str) -> datetime | None:
    """When a load of a kind was last begun, however it ended."""
    return session.scalar(select(func.max(RegisterLoad.created_at)).where(RegisterLoad.kind == kind))


def waiting_loads(
    *, now: datetime, abandoned_after: timedelta, kind: str = "segments"
) -> Select[RegisterLoad]:
    """Fetchings of a kind nobody is working on: waiting ones, and those whose worker fell silent."""
    left = and_(RegisterLoad.state == LoadState.RUNNING, RegisterLoad.started_at < now - abandoned_after)
    chosen = select(RegisterLoad).where(RegisterLoad.kind == kind)
    return chosen.where(or_(RegisterLoad.state == LoadState.WAITING, left)).order_by(RegisterLoad.id)


def last_done(session: Session, kind: str) -> RegisterLoad | None:
    """The newest finished load of a kind."""
    done = select(RegisterLoad).where(RegisterLoad.kind == kind, RegisterLoad.state == LoadState.DONE)
    return session.scalars(done.order_by(RegisterLoad.finished_at.desc()).limit(1)).first()


def failed_since_done(session: Session) -> RegisterLoad | None:
    """The newest load that failed, unless one has gone well since."""
    last = session.scalars(
        select(RegisterLoad)
        .where(RegisterLoad.finished_at.is_not(None))
        .order_by(RegisterLoad.finished_at.desc(), RegisterLoad.id.desc())
        .limit(1)
    ).first()
    return last if last and last.state is LoadState.FAILED else None


def loads() -> Select[RegisterLoad]:
    """Every load asked for or finished, newest first."""
    return select(RegisterLoad).order_by(RegisterLoad.id.desc())


def is_fetching(session: Session) -> bool:
    """Whether a fetching from the register waits or is at work."""
    under_way = RegisterLoad.state.in_([LoadState.WAITING, LoadState.RUNNING])
    return session.scalar(select(RegisterLoad.id).where(under_way).limit(1)) is not None


def new_among(session: Session, numbers: Sequence[str], *, since: date) -> set[str]:
    """Those of the numbers whose unit was founded or registered on a day or later."""
    found: set[str] = set()
    fresh = or_(Unit.founded_on >= since, Unit.registered_on >= since)
    for start in range(0, len(numbers), _MOST_ASKED):
        asked = select(Unit.orgnr).where(Unit.orgnr.in_(numbers[start : start + _MOST_ASKED]), fresh)
        found |= set(session.scalars(asked))
    return found
