"""What is exported can be taken in again, and nothing changes; whatever stands in it, in every language."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.activities import operations as activities
from crm.activities.drafts import FollowUpDraft, Subject
from crm.cli import leads
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, CompanyFilter, LeadDraft
from crm.companies.models import Stage
from crm.contacts import operations as contacts
from crm.contacts.drafts import ContactDraft
from crm.exchange.formats import Listing, write
from crm.exchange.judging import judge_of
from crm.exchange.mapping import guess
from crm.exchange.models import Import, Verdict
from crm.sheets.opening import look, read
from crm.spelling import tidy
from tests.world import NOW, TODAY

WORDS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=40)
    .map(tidy)
    .filter(bool)
)
DANGEROUS = st.sampled_from(
    [
        "=1+1",
        "+47 bra",
        "-1",
        "@SUM(1)",
        "007",
        "1E5",
        "TRUE",
        "3-4",
        "'=x",
        "a;b",
        'si "hei"',
        "a,b|c	d",
        "Å",
    ]
)
BOTH = frozenset({"helse", "beredskap"})
NAMES = st.one_of(WORDS, DANGEROUS.map(tidy))
RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def fill(session: Session, names: list[tuple[str, str, str]], owner: User) -> None:
    """Companies with leads, a person and a follow-up each, named as given."""
    for place, (name, person, step) in enumerate(names):
        draft = CompanyDraft(name=f"{name} {place}", municipality_no="3420", municipality="Elverum")
        company = companies.create_company(session, None, draft, now=NOW)
        stage = list(Stage)[place % len(Stage)]
        lead = LeadDraft(segments=BOTH, owner_id=owner.id, stage=stage, source=step[:200])
        companies.follow(session, None, company, lead, now=NOW)
        contacts.create_contact(
            session,
            None,
            ContactDraft(name=person, email=f"p{place}@example.org", phone="+4791234567"),
            company=company,
        )
        plan = FollowUpDraft(text=step, due_on=TODAY, owner_id=owner.id)
        activities.plan(session, owner.id, Subject(company_id=company.id), plan)
    session.flush()


def exported(session: Session, form: str, language: str) -> bytes:
    """Every company, as the command writes them."""
    stream = io.BytesIO()
    with force_locale(language):
        listing = Listing(CompanyFilter(), leads._wording(language), gettext("Virksomheter"))
        write(form, session, listing, stream)
    return stream.getvalue()


def verdicts(session: Session, content: bytes) -> list[tuple[int, Verdict, dict[str, object], list[str]]]:
    """The verdict on each row as our guesses have it."""
    seen = look(content)
    fields = guess(seen.header, [row.cells for row in seen.sample])
    found = Import(header=list(seen.header), columns=[field.value for field in fields], choices={}, counts={})
    judge = judge_of(session, found, today=date(2026, 11, 24))
    rulings = list(judge.judge(session, list(read(content, seen.reading))))
    return [(one.number, one.verdict, one.plan, [remark.code for remark in one.remarks]) for one in rulings]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_our_own_list_comes_back_without_a_change(
    app: Flask, site: object, db: Session, form: str, language: str
):
    owner = db.scalars(select(User).where(User.email == "dev@example.org")).one()
    fill(db, [(f"Firma {n}", f"Person {n}", f"Ring nr. {n}") for n in range(12)], owner)
    found = verdicts(db, exported(db, form, language))
    assert len(found) == 13
    assert [one for one in found if one[1] is not Verdict.UNCHANGED] == []


@settings(max_examples=15, deadline=None, suppress_health_check=RELAXED)
@given(names=st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=6))
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_any_text_comes_back_without_a_change(
    app: Flask, site: object, db: Session, form: str, names: list[tuple[str, str, str]]
):
    owner = db.scalars(select(User).where(User.email == "dev@example.org")).one()
    nested = db.begin_nested()
    fill(db, names, owner)
    content = exported(db, form, "nb")
    changed = [one for one in verdicts(db, content) if one[1] is not Verdict.UNCHANGED]
    nested.rollback()
    db.expire_all()
    assert changed == []
