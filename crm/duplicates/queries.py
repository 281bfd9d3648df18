"""Questions about look-alikes: which two may be one, what they have, and what was merged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from crm.contacts.models import CompanyRole, Contact
from crm.duplicates import choices
from crm.duplicates.choices import Option
from crm.duplicates.drafts import Pair
from crm.duplicates.fusing import Count, survey
from crm.duplicates.journal import in_blocks
from crm.duplicates.models import CompanyPair, ContactPair, Kind, Merge, PairSearch
from crm.duplicates.settling import REFUSED
from crm.errors import NotFound

PAIRS: Mapping[Kind, Any] = {Kind.COMPANY: CompanyPair, Kind.CONTACT: ContactPair}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two records side by side: their names and versions, what may be chosen, what would be led on.

    ``refused`` says what keeps them from being made one, if anything does.
    """

    names: tuple[str, str]
    versions: str
    options: Sequence[Option]
    counts: Sequence[Count]

    @property
    def refused(self) -> str:
        return next((REFUSED[count.what] for count in self.counts if count.what in REFUSED), "")


def compare(session: Session, pair: Pair) -> Compared:
    """What a merge of a pair would do, without doing it; NotFound where either is gone."""
    table = choices.TABLES[pair.kind]
    asked = select(table.c.id, table.c.name, table.c.version).where(table.c.id.in_([pair.first, pair.second]))
    found = {row.id: row for row in session.execute(asked)}
    if len(found) < 2:
        raise NotFound("Den ene av dem finnes ikke lenger. De kan alt være slått sammen.")
    one, other = found[pair.first], found[pair.second]
    leads = choices.leads_of(session, pair) or ()
    return Compared(
        names=(one.name, other.name),
        versions="-".join(map(str, (one.version, other.version, *(lead["version"] for lead in leads)))),
        options=choices.options(session, pair),
        counts=survey(session, table, pair.second, pair.first, choices.rules({})),
    )


def get_merge(session: Session, merge_id: int) -> Merge:
    found = session.scalar(merges().where(Merge.id == merge_id))
    if found is None:
        raise NotFound("Fant ikke sammenslåingen. Oppføringen kan være slettet siden.")
    return found


def merges() -> Select[Merge]:
    """Every merge, the newest first."""
    return select(Merge).options(joinedload(Merge.actor)).order_by(Merge.id.desc())


def leads_on_to(session: Session, kind: Kind, number: int) -> int | None:
    """The record that holds what a number stood for before it was merged away; None where it never was."""
    asked = select(Merge).where(Merge.kind == kind, Merge.lost_id == number, Merge.undone_at.is_(None))
    found = session.scalars(asked.order_by(Merge.id.desc()).limit(1)).first()
    return found.now_id if found else None


def pairs(kind: Kind, *, apart: bool = False) -> Select[Any]:
    """The pairs to be looked at, the likest first; or those said to be two, the newest first."""
    model = PAIRS[kind]
    ends = (
        [joinedload(model.first), joinedload(model.second)]
        if kind is Kind.COMPANY
        else [_with_roles(model.first), _with_roles(model.second)]
    )
    found = select(model).options(*ends)
    if kind is Kind.CONTACT:
        found = found.where(model.first_id.not_in(_frozen()), model.second_id.not_in(_frozen()))
    if apart:
        return found.where(model.apart_at.is_not(None)).order_by(model.apart_at.desc(), model.id)
    return found.where(model.apart_at.is_(None)).order_by(model.points.desc(), model.id)


def _frozen() -> Select[int]:
    """The persons whose data is restricted: they are on no list."""
    return select(Contact.id).where(Contact.restricted)


def _with_roles(end: Any) -> Any:
    return joinedload(end).selectinload(Contact.roles).joinedload(CompanyRole.company)


def count_pairs(session: Session) -> dict[Kind, int]:
    """How many pairs of each kind are to be looked at."""
    counted = [
        select(func.count()).select_from(pairs(kind).order_by(None).subquery()).scalar_subquery()
        for kind in PAIRS
    ]
    return dict(zip(PAIRS, session.execute(select(*counted)).one(), strict=True))


def get_pair(session: Session, kind: Kind, pair_id: int) -> Any:
    found = session.get(PAIRS[kind], pair_id)
    if found is None:
        raise NotFound("Paret finnes ikke lenger. De kan alt være slått sammen.")
    return found


def existing(session: Session, kind: Kind, ids: Collection[int]) -> set[int]:
    """Those of the numbers that are still records."""
    table, found = choices.TABLES[kind], set[int]()
    for block in in_blocks(sorted(ids)):
        found.update(session.scalars(select(table.c.id).where(table.c.id.in_(block))))
    return found


def last_search(session: Session) -> PairSearch | None:
    """The newest search that was finished."""
    done = select(PairSearch).where(PairSearch.finished_at.is_not(None))
    return session.scalars(done.order_by(PairSearch.started_at.desc()).limit(1)).first()
