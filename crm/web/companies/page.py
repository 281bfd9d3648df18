"""What the page of one company shows, gathered in a handful of questions."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, url_for
from markupsafe import Markup

from crm.activities.drafts import Subject
from crm.companies.drafts import LeadDraft
from crm.companies.models import Company, Stage
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.events import queries as events
from crm.events.models import Event
from crm.fields.models import Subject as OwnSubject
from crm.matches import queries as matches
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.segments import queries as segments
from crm.web import logbox, own
from crm.web.companies import places
from crm.web.companies.forms import LeadForm, MoveForm, ReachForm
from crm.web.htmx import render
from crm.web.session import db
from crm.web.words import STAGES

_SUGGESTIONS, _EVENTS = 5, 30


def people_at(company: Company) -> list[Contact]:
    """The persons we know at a company."""
    return [role.contact for role in db().scalars(contacts.at_company(company.id))]


def events_of(company_id: int) -> list[Event]:
    """What the register has told of a company lately, newest first."""
    return list(db().scalars(events.of_company(company_id).limit(_EVENTS)))


def stage_options() -> dict[str, Markup]:
    """The options of a row's stage, written out once for each stage it may have."""
    named = [(stage.value, str(STAGES[stage])) for stage in Stage]
    option = Markup('<option value="{0}"{1}>{2}</option>')
    chosen = Markup(" selected")
    return {
        present: Markup("").join(
            option.format(value, chosen if value == present else "", name) for value, name in named
        )
        for present, _name in named
    }


def with_own_segments(company: Company, draft: LeadDraft) -> LeadDraft:
    """The draft with the segments the company's industry points to, where none were chosen."""
    if draft.segments or not company.industry:
        return draft
    prefixes = segments.industry_prefixes(db())
    return replace(draft, segments=segments.segments_of_industries(prefixes, [company.industry]))


def show(
    company: Company,
    *,
    log: logbox.LogForm | None = None,
    move: MoveForm | None = None,
    lead: LeadForm | None = None,
    reach: ReachForm | None = None,
) -> Response:
    """The company's page, with a form as it was posted where something must be put right."""
    roles = db().scalars(contacts.at_company(company.id)).all()
    subject = Subject(company_id=company.id)
    form = log or logbox.new_form([role.contact for role in roles])
    stage = company.lead.stage.value if company.lead else None
    refused = any(posted and posted.all_errors for posted in (log, move, lead, reach))
    return render(
        "companies/show.html",
        company=company,
        lead=company.lead,
        panel=logbox.panel(subject, form, address=url_for("companies.log", company_id=company.id)),
        roles=roles,
        past_roles=db().scalars(contacts.past_at(company.id)).all(),
        unit=registry.find_unit(db(), company.orgnr),
        workplaces=db().scalars(registry.workplaces(company.orgnr or "").limit(8)).all(),
        at_home=places.at_home(company.orgnr),
        events=events_of(company.id),
        offers=db().scalars(partners.offers_of_company(company.id)).all(),
        suggestions=db().scalars(matches.of_company(company.id).limit(_SUGGESTIONS)).unique().all(),
        move=move or MoveForm(stage=stage),
        lead_form=lead or LeadForm.of(company.lead),
        reach=reach or ReachForm.of(company),
        own=own.panel(OwnSubject.COMPANY, company.id, company.version),
        status=422 if refused else 200,
    )
