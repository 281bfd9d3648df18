"""What the round knows of both sides: what a partner offers, and what a company seeks as a partner itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.jobs.candidates import gather
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Partner, PartnerKind
from crm.storage.engines import Database


def test_what_a_partner_offers_follows_each_of_its_needs(filled: Database, now: datetime) -> None:
    with filled.Write() as session:
        partner = session.scalars(select(Partner)).one()
        partners.create_offer(session, None, partner, OfferDraft(title="Testlab", text="Utprøving av utstyr"))
        session.commit()
    needs = gather(filled, today=now.date()).needs
    assert needs
    assert {need.offers for need in needs} == {"Testlab. Utprøving av utstyr"}


def test_what_a_company_seeks_as_a_partner_is_its_wish(filled: Database, now: datetime) -> None:
    orgnr = "900000000"
    with filled.Write() as session:
        made = companies.create_company(session, None, CompanyDraft(name="Enhet", orgnr=orgnr), now=now)
        companies.follow(session, None, made, LeadDraft(segments=frozenset({"helse"})), now=now)
        draft = PartnerDraft(name="Enhet", kind=PartnerKind.COMPANY, orgnr=orgnr)
        partner = partners.create_partner(session, None, draft)
        partners.create_need(session, None, partner, NeedDraft(title="Lokaler", text="Vi søker et verksted"))
        session.commit()
    gathered = gather(filled, today=now.date()).companies
    assert {company.wishes for company in gathered if company.key == orgnr} == {
        "Lokaler. Vi søker et verksted"
    }
    assert {company.wishes for company in gathered if company.key != orgnr} == {""}
