"""What the round knows of both sides: what a partner offers, and what a company seeks as a partner itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.permissions import Role
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.fields import operations as fields
from crm.fields.drafts import field_draft
from crm.fields.models import Subject
from crm.jobs.candidates import gather
from crm.matches.models import Introduction, IntroductionState
from crm.matchmaker.profiles import Evidence
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, OfferDraft, PartnerDraft
from crm.partners.models import Need, Partner, PartnerKind
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


def test_own_fields_marked_for_it_are_read_with_the_texts_of_companies_and_needs(
    filled: Database, now: datetime
) -> None:
    with filled.Write() as session:
        made = companies.create_company(session, None, CompanyDraft(name="Enhet", orgnr="900000000"), now=now)
        companies.follow(session, None, made, LeadDraft(segments=frozenset({"helse"})), now=now)
        session.flush()
        for subject, record in (
            (Subject.COMPANY, made),
            (Subject.NEED, session.scalars(select(Need)).first()),
        ):
            own = fields.create_field(
                session, None, subject, field_draft(name="Kjent for", kind="text", matching=True)
            )
            assert record is not None
            fields.set_values(session, None, subject, record, {own: f"Sveising {subject}"})
        session.commit()
    gathered = gather(filled, today=now.date())
    told = [one.text for one in gathered.companies if one.text.endswith("\nSveising company")]
    assert len(told) == 1
    assert [need.text for need in gathered.needs if need.text.endswith("\nSveising need")]


def test_a_meeting_held_about_a_need_is_something_a_company_has_done(filled: Database, now: datetime) -> None:
    with filled.Write() as session:
        met, asked = (
            companies.create_company(session, None, CompanyDraft(name=name, orgnr=orgnr), now=now)
            for name, orgnr in (("Enhet", "900000000"), ("Annen", "900000001"))
        )
        user = accounts.create_user(session, None, UserDraft(email="a@ex.no", name="A", role=Role.MANAGER))
        need = session.scalars(select(Need)).first()
        session.flush()
        for company, state in ((met, IntroductionState.MET), (asked, IntroductionState.PROPOSED)):
            pair = {"need_id": need.id, "company_id": company.id, "state": state}
            session.add(Introduction(**pair, state_since=now, opened_by_id=user.id))
        title, partner = need.title, session.get_one(Partner, need.partner_id).name
        session.commit()
    found = {company.key: company.evidence for company in gather(filled, today=now.date()).companies}
    assert found.pop("900000000") == (Evidence(text=title, source=partner),)
    assert set(found.values()) == {()}
