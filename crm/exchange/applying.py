"""Writing a block of rows in one short transaction: companies first, then what hangs on them.

A row whose company was changed by somebody since its verdict is not written; it is rejected and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from crm.companies.models import Company, Lead
from crm.contacts.models import CompanyRole, Contact
from crm.errors import said
from crm.exchange.bulk import Bulk
from crm.exchange.models import Import, ImportRow, Verdict
from crm.exchange.planned import Planned, altered, same
from crm.exchange.remarks import of_field

BLOCK = 500
OVERTAKEN = said("Noen har endret virksomheten etter at fila ble lest. Les fila på nytt.")
_EAGER = joinedload(Company.lead).selectinload(Lead.segments)


def write_block(
    session: Session, found: Import, rows: Sequence[ImportRow], ids: dict[str, int], *, now: datetime
) -> None:
    """Write what these rows plan. ``ids`` tells which company each key became, and is added to."""
    targets = _targets(session, rows, ids)
    taken = _taken(session, rows, ids)
    fresh = [row for row in rows if not _overtaken(row, targets, taken)]
    bulk = Bulk(session, found, now=now)
    _create_companies(bulk, fresh, ids)
    companies = _targets(session, fresh, ids)
    people = _people(session, fresh)
    for row in fresh:
        planned = Planned(bulk, row, companies[_company_id(row, ids)])
        planned.company()
        planned.person(people)
        planned.log()
    bulk.flush()
    for row in fresh:
        row.company_id = _company_id(row, ids)
        row.written = bulk.written.get(row.number, [])


def _company_id(row: ImportRow, ids: dict[str, int]) -> int:
    return row.company_id or ids[row.company_key]


def _targets(session: Session, rows: Iterable[ImportRow], ids: dict[str, int]) -> dict[int, Company]:
    """The companies rows are about, as they are now."""
    wanted = {row.company_id or ids.get(row.company_key) for row in rows} - {None}
    found = session.scalars(select(Company).where(Company.id.in_(wanted)).options(_EAGER)).unique()
    return {company.id: company for company in found}


def _people(session: Session, rows: Iterable[ImportRow]) -> dict[int, tuple[Contact, dict[int, CompanyRole]]]:
    """The persons of ours that rows are about, each with the roles at companies."""
    wanted = {row.plan["person"].get("id") for row in rows if "person" in row.plan} - {None}
    asked = select(Contact).where(Contact.id.in_(wanted)).options(joinedload(Contact.roles))
    return {
        contact.id: (contact, {role.company_id: role for role in contact.roles})
        for contact in session.scalars(asked).unique()
    }


def _overtaken(row: ImportRow, targets: dict[int, Company], numbers: set[str]) -> bool:
    """Reject a row whose company is not what it was when the verdict was given."""
    if row.company_id is None:
        taken = row.plan.get("create", {}).get("orgnr") in numbers
    else:
        company = targets.get(row.company_id)
        taken = company is None or _differs(company, row.plan)
    if taken:
        row.verdict = Verdict.REJECTED
        row.remarks = [*row.remarks, of_field("OVERTAKEN", OVERTAKEN, None).as_json()]
    return taken


def _taken(session: Session, rows: Iterable[ImportRow], ids: dict[str, int]) -> set[str]:
    """The numbers of companies these rows would make that somebody else has made since."""
    new = [row for row in rows if row.company_id is None and row.company_key not in ids]
    numbers = {row.plan.get("create", {}).get("orgnr") for row in new} - {None}
    ours = session.scalars(select(Company.orgnr).where(Company.orgnr.in_(numbers)))
    return {number for number in ours if number}


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


def _create_companies(bulk: Bulk, rows: Iterable[ImportRow], ids: dict[str, int]) -> None:
    """Make the companies that are new, one for each key; the first row that names one is its maker."""
    makers: dict[str, ImportRow] = {}
    for row in rows:
        if row.company_id is None and row.company_key not in ids:
            makers.setdefault(row.company_key, row)
    ids.update(bulk.create_companies(list(makers.values())))
