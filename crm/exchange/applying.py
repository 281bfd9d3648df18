"""Writing a block of rows in one short transaction: companies first, then what hangs on them.

A row whose company was changed by somebody since its verdict is not written; it is rejected and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from crm.companies.models import Company, Lead
from crm.contacts.models import Contact
from crm.errors import said
from crm.exchange.bulk import Bulk
from crm.exchange.models import Import, ImportRow, Verdict
from crm.exchange.planned import People, Planned, altered, same
from crm.exchange.queries import PlannedRow
from crm.exchange.remarks import of_field
from crm.storage.among import among

BLOCK = 500
OVERTAKEN = said("Noen har endret virksomheten etter at fila ble lest. Les fila på nytt.")
_MARK = (
    update(ImportRow.__table__)  # type: ignore[arg-type]
    .where(ImportRow.id == bindparam("row"))
    .values(company_id=bindparam("company"), written=bindparam("lines"))
)
_EAGER = joinedload(Company.lead).selectinload(Lead.segments)


def write_block(
    session: Session, found: Import, rows: Sequence[PlannedRow], ids: dict[str, int], *, now: datetime
) -> None:
    """Write what these rows plan. ``ids`` tells which company each key became, and is added to."""
    targets = _targets(session, {row.company_id or ids.get(row.company_key) for row in rows})
    taken = _taken(session, rows, ids)
    overtaken = {row.id for row in rows if _is_overtaken(row, targets, taken)}
    _reject(session, overtaken)
    fresh = [row for row in rows if row.id not in overtaken]
    people = _people(session, fresh)
    with Bulk(session, found, now=now) as bulk:
        makers = _create_companies(bulk, fresh, ids)
        shared = {_company_id(row, ids) for row in fresh if row.number not in makers} - targets.keys()
        if shared:
            bulk.settle()
            targets |= _targets(session, shared)
        for row in fresh:
            company_id = _company_id(row, ids)
            company = None if row.number in makers else targets[company_id]
            planned = Planned(bulk, row, company_id, company)
            planned.company()
            planned.person(people)
            planned.log()
    _mark(session, fresh, ids, bulk.written)


def _mark(
    session: Session, rows: Sequence[PlannedRow], ids: dict[str, int], written: dict[int, list[Any]]
) -> None:
    """Remember what was written for each row."""
    lines = [
        {"row": row.id, "company": _company_id(row, ids), "lines": written.get(row.number, [])}
        for row in rows
    ]
    if lines:
        session.connection().execute(_MARK, lines)


def _company_id(row: PlannedRow, ids: dict[str, int]) -> int:
    return row.company_id or ids[row.company_key]


def _targets(session: Session, wanted: Collection[int | None]) -> dict[int, Company]:
    """Companies as they are now, each with its lead."""
    known = among(Company.id, [number for number in wanted if number])
    found = session.scalars(select(Company).where(known).options(_EAGER)).unique()
    return {company.id: company for company in found}


def _people(session: Session, rows: Iterable[PlannedRow]) -> People:
    """The persons of ours that rows are about, each with the roles at companies."""
    wanted = {row.plan["person"].get("id") for row in rows if "person" in row.plan} - {None}
    asked = select(Contact).where(among(Contact.id, wanted)).options(joinedload(Contact.roles))
    return {
        contact.id: (contact, {role.company_id: role for role in contact.roles})
        for contact in session.scalars(asked).unique()
    }


def _is_overtaken(row: PlannedRow, targets: dict[int, Company], numbers: set[str]) -> bool:
    """Whether a row's company is not what it was when the verdict was given."""
    if row.company_id is None:
        return row.plan.get("create", {}).get("orgnr") in numbers
    company = targets.get(row.company_id)
    return company is None or _differs(company, row.plan)


def _reject(session: Session, row_ids: Collection[int]) -> None:
    """Rows that are not written after all, and say so."""
    remark = of_field("OVERTAKEN", OVERTAKEN, None).as_json()
    for row in session.scalars(select(ImportRow).where(among(ImportRow.id, row_ids))):
        row.verdict, row.remarks = Verdict.REJECTED, [*row.remarks, remark]
    session.flush()


def _taken(session: Session, rows: Iterable[PlannedRow], ids: dict[str, int]) -> set[str]:
    """The numbers of companies these rows would make that somebody else has made since."""
    new = [row for row in rows if row.company_id is None and row.company_key not in ids]
    numbers = {row.plan.get("create", {}).get("orgnr") for row in new} - {None}
    return {
        number
        for number in session.scalars(select(Company.orgnr).where(among(Company.orgnr, numbers)))
        if number
    }


def _differs(company: Company, plan: dict[str, Any]) -> bool:
    changes = plan.get("company", {}).items()
    if any(not same(getattr(company, name), old, new) for name, (old, new) in changes):
        return True
    lead = plan.get("lead_changes", {})
    if not lead:
        return False
    return company.lead is None or any(
        not same(altered(company.lead, name), old, new) for name, (old, new) in lead.items()
    )


def _create_companies(bulk: Bulk, rows: Iterable[PlannedRow], ids: dict[str, int]) -> set[int]:
    """Make the companies that are new, one for each key; the numbers of the first rows to name one."""
    makers: dict[str, PlannedRow] = {}
    for row in rows:
        if row.company_id is None and row.company_key not in ids:
            makers.setdefault(row.company_key, row)
    ids.update(bulk.create_companies(list(makers.values())))
    return {row.number for row in makers.values()}
