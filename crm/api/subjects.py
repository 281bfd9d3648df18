"""Whom something is about: one company or one partner that exists."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm.activities.drafts import Subject
from crm.companies import queries as companies
from crm.partners import queries as partners


def subject_of(session: Session, *, company_id: int | None, partner_id: int | None) -> Subject:
    """The subject; InvalidInput for both or neither, NotFound for one there is none of."""
    subject = Subject(company_id=company_id, partner_id=partner_id)
    if company_id is not None:
        companies.get_company(session, company_id)
    if partner_id is not None:
        partners.get_partner(session, partner_id)
    return subject
