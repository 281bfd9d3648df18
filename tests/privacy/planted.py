"""One person planted everywhere a person can come to stand, each time written in another way."""

from __future__ import annotations

import gzip
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import xlsxwriter
from sqlalchemy import insert
from sqlalchemy.orm import Session

from crm.accounts.models import ApiToken, SignInFailure, User, UserSession
from crm.accounts.permissions import Role
from crm.activities.models import Activity, FollowUp, Kind
from crm.changes.models import BulkChange, BulkChangeRow, ChangeKind
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.contacts.models import Contact
from crm.events.models import Event
from crm.exchange.models import Import, ImportFile, ImportRow, ImportState, Verdict
from crm.history.models import Entry
from crm.matches.models import Introduction, MatchRun, RunState, Suggestion
from crm.partners.models import Offer
from crm.registry.differences import News
from crm.registry.models import LoadState, RegisterLoad
from crm.rules.models import PairKind, PairRule
from crm.saved.models import SavedView
from crm.trials.models import Trial, TrialKind
from tests.world import NOW, TODAY, World

NAME, EMAIL, PHONE = "Øyvind Testmann", "oyvind.testmann@eksempel.no", "+47 974 56 123"
OTHER = "Berit Nabomo"


def workbook(*cells: str) -> bytes:
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    for column, cell in enumerate(cells):
        sheet.write_string(0, column, cell)
    book.close()
    return made.getvalue()


def person(session: Session, world: World) -> Contact:
    """The person as a contact at the company and at the partner."""
    draft = contact_draft(name=NAME, email=EMAIL, phone=PHONE, title="Daglig leder", source="Messe i Hamar")
    return contacts.create_contact(session, world.developer.id, draft, company=world.company)


def in_database(session: Session, world: World, contact: Contact) -> set[str]:
    """Plant the person in every table; gives the places, each as table.column."""
    adviser, company = world.developer.id, world.company.id
    run = MatchRun(
        week="2026-W48", state=RunState.DONE, message="Ø. Testmann svarte ikke", parameters={"by": EMAIL}
    )
    brought = Import(
        by_id=adviser, name="Testmann, Øyvind.xlsx", sha256="0" * 64, state=ImportState.APPLIED, message="",
        header=["Navn", "Øyvind Testmann"], columns=[], created_at=NOW,
    )  # fmt: skip
    session.add_all([run, brought])
    session.flush()
    company_of_one = companies.create_company(
        session, None, CompanyDraft(name="TESTMANN ØYVIND", purpose="Innehaver: Oeyvind Testmann"), now=NOW
    )
    company_of_one.email, company_of_one.phone = EMAIL.upper(), "97 45 61 23"
    suggestion = Suggestion(
        run_id=run.id, need_id=world.need.id, company_id=company, rank=1, score=1.0, probability=0.5,
        reasons=[{"kind": "terms", "said": "Nevner Øyvind Testmann"}], against={"said": "ring 974.56.123"},
        answer_reason="Øyvind Magnus Testmann vil ikke",
    )  # fmt: skip
    world.need.contact_id = contact.id
    world.need.text += " Spør Øyvind."
    world.lead.source, world.lead.resting_reason = "Tips fra Oyvind Testmann", "Øyvind Testmanns ønske"
    world.partner.about = "Vår mann er O\u0308yvind Testmann."
    session.add_all([
        Activity(company_id=company, contact_id=contact.id, kind=Kind.CALL, happened_at=NOW, by_id=adviser,
                 text="Snakket med Øyvind om leie."),
        Activity(company_id=company, kind=Kind.NOTE, happened_at=NOW, by_id=adviser,
                 text="Han nås på 0047 97456123 etter fire."),
        FollowUp(company_id=company, text="Ring Testmann Øyvind", due_on=TODAY, owner_id=adviser),
        ImportFile(import_id=brought.id, content=workbook("Navn", NAME, EMAIL)),
        ImportRow(import_id=brought.id, number=2, cells=["Firma AS", NAME, "97456123"],
                  verdict=Verdict.REJECTED, plan={"contact": {"name": NAME}}, remarks=[{"value": EMAIL}],
                  company_key="øyvind testmann"),
        Entry(at=NOW, actor_id=adviser, action="lead:update", subject="leads", subject_id=world.lead.id,
              changes={"source": ["", "Tips fra Øyvind Testmann"]}),
        Entry(at=NOW, actor_id=adviser, action="contact:update", subject="contacts", subject_id=contact.id,
              changes={"name": ["Øyvind", NAME]}),
        suggestion,
        Introduction(need_id=world.need.id, company_id=company, state_since=NOW, opened_by_id=adviser,
                     outcome="Avtalt med Testmann, Øyvind"),
        Offer(company_id=company, title="Lokaler", text="Kontakt: Øyvind Testmann", source="øyvind testmann"),
        PairRule(kind=PairKind.NEVER, partner_id=world.partner.id, company_id=company,
                 reason="Øyvind  Testmann sier nei", created_by_id=adviser),
        Trial(kind=TrialKind.WHAT_IF, asked={"text": "for Øyvind-Testmann"}, found={"why": [EMAIL]}),
        Event(company_id=company, news=News.NEW_NAME, happened_on=TODAY, before="ØYVIND TESTMANN ENK"),
        RegisterLoad(kind="units", source="lister/oyvind.testmann.json", state=LoadState.FAILED,
                     message="feil ved Øyvind Testmann"),
        SavedView(owner_id=adviser, name="Øyvind Testmanns liste", name_key="x", columns=[],
                  given={"q": "testmann øyvind"}),
        SignInFailure(email_key=EMAIL, address="10.0.0.1", at=NOW),
        User(email=EMAIL, email_key=EMAIL, name=NAME, role=Role.READER),
    ])  # fmt: skip
    session.flush()
    change = BulkChange(
        actor_id=adviser, kind=ChangeKind.STAGE, value="lost", reason="Ø Testmann flyttet", rows=1
    )
    session.add(change)
    session.flush()
    session.add_all([
        BulkChangeRow(change_id=change.id, company_id=company, before={"source": NAME}, after={}),
        ApiToken(token_hash="1" * 64, prefix="x", user_id=adviser, name="Øyvind Testmann", expires_at=NOW),
        UserSession(token_hash="2" * 64, user_id=adviser, expires_at=NOW, device="Øyvind Testmanns telefon"),
    ])  # fmt: skip
    session.execute(insert(contact.roles[0].__class__), [_at_other(world, contact)])
    session.flush()
    session.expire_all()
    return set(PLACES.split())


def _at_other(world: World, contact: Contact) -> dict[str, Any]:
    return {"contact_id": contact.id, "company_id": world.other.id, "title": "Styreleder"}


PLACES = """
    activities.contact_id activities.text api_tokens.name bulk_change_rows.before bulk_changes.reason
    companies.email companies.name companies.name_key companies.phone companies.purpose companies.sort_key
    company_roles.contact_id company_roles.title contacts.email contacts.email_key contacts.name
    contacts.name_key contacts.phone contacts.sort_key contacts.source follow_ups.text history.changes
    import_files.content import_rows.cells import_rows.company_key import_rows.plan import_rows.remarks
    imports.header imports.name introductions.outcome leads.resting_reason leads.source match_runs.message
    match_runs.parameters needs.contact_id needs.text offers.source offers.text pair_rules.reason
    partners.about register_events.before register_loads.message register_loads.source saved_views.given
    saved_views.name sign_in_failures.email_key suggestions.against suggestions.answer_reason
    suggestions.reasons trials.asked trials.found user_sessions.device users.email users.email_key users.name
"""


def on_disk(folder: Path) -> set[str]:
    """Plant the person in files as an instance holds them; gives their names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "liste.csv").write_bytes(f"Navn;E-post\r\n{NAME};x\r\n".encode("cp1252"))
    (folder / "liste.xlsx").write_bytes(workbook(NAME))
    (folder / "crm.log").write_text(f"sent to {EMAIL}\n", encoding="utf-8")
    (folder / "model.json").write_text(json.dumps({"line": f"Snakket med {NAME}"}), encoding="utf-8")
    (folder / "old.json.gz").write_bytes(gzip.compress(f"tel:{PHONE}".encode()))
    (folder / "Øyvind Testmann.txt").write_text("tom", encoding="utf-8")
    with ZipFile(folder / "pakke.zip", "w") as archive:
        archive.writestr("notat.txt", f"{NAME} ringte")
    (folder / "annet.txt").write_text(f"{OTHER} og Øyvind Testrud", encoding="utf-8")
    return {path.name for path in folder.iterdir()} - {"annet.txt"}
