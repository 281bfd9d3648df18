"""Forms about companies and leads."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, IntegerField, SelectField, SelectMultipleField, StringField, TelField
from wtforms.validators import Length
from wtforms.validators import Optional as MayBeEmpty

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.drafts import parse_email
from crm.companies.drafts import CompanyDraft, LeadDraft, MoveDraft, ReachDraft, company_draft, move_draft
from crm.companies.models import Company, Lead, Stage
from crm.contacts.drafts import parse_phone
from crm.segments import queries as segments
from crm.spelling import tidy
from crm.web.access import actor_id
from crm.web.forms import CrmForm, DayField, options
from crm.web.session import db
from crm.web.words import STAGES, segment_name


class MoveForm(CrmForm):
    """Where a lead goes."""

    stage = SelectField(_l("Steg"), choices=options({stage.value: STAGES[stage] for stage in Stage}))
    reason = StringField(_l("Hvorfor?"), [Length(max=300)])
    wake_on = DayField(_l("Ta opp igjen"))

    def draft(self) -> MoveDraft:
        return move_draft(
            self.stage.data or "",
            reason=self.reason.data or "",
            wake_on=self.wake_on.data,
            today=clock.today(),
        )


class LeadForm(CrmForm):
    """Who follows a company, in which segments, and where we have it from."""

    owner_id = SelectField(_l("Ansvarlig"), validate_choice=False)
    segments = SelectMultipleField(_l("Satsingsområder"), validate_choice=False)
    source = StringField(_l("Kilde"), [Length(max=200)])

    @classmethod
    def of(cls, lead: Lead | None) -> LeadForm:
        """The form, filled from a lead, or with ourselves as owner."""
        chosen = [segment.code for segment in lead.segments] if lead else []
        owner = (lead.owner_id if lead else actor_id()) or ""
        form: LeadForm = cls.posted(owner_id=str(owner), segments=chosen, source=lead.source if lead else "")
        people = {str(person.id): person.name for person in db().scalars(accounts.colleagues())}
        form.owner_id.choices = options({"": gettext("Ingen")} | people)
        offered = db().scalars(segments.segments())
        form.segments.choices = options({found.code: segment_name(found) for found in offered})
        return form

    def draft(self) -> LeadDraft:
        people = {str(person.id): person.id for person in db().scalars(accounts.colleagues())}
        return LeadDraft(
            owner_id=people.get(self.owner_id.data or ""),
            segments=frozenset(self.segments.data or []),
            source=tidy(self.source.data or ""),
        )


class CompanyForm(CrmForm):
    """A company typed in by hand: a foreign one, or one the register does not know yet."""

    name = StringField(_l("Navn"))
    orgnr = StringField(_l("Organisasjonsnummer"))
    municipality = StringField(_l("Sted"), [Length(max=100)])
    home_page = StringField(_l("Hjemmeside"), [Length(max=300)])

    def draft(self) -> CompanyDraft:
        return company_draft(
            name=self.name.data or "",
            orgnr=self.orgnr.data or "",
            municipality=tidy(self.municipality.data or "") or None,
            home_page=tidy(self.home_page.data or "") or None,
        )


class ReachForm(CrmForm):
    """How to reach a company, as we know it."""

    version = IntegerField(validators=[MayBeEmpty()])
    home_page = StringField(_l("Hjemmeside"), [Length(max=300)])
    email = EmailField(_l("E-post"), [Length(max=300)])
    phone = TelField(_l("Telefon"), [Length(max=60)])

    @classmethod
    def of(cls, company: Company) -> ReachForm:
        form: ReachForm = cls.posted(
            version=company.version,
            home_page=company.home_page or "",
            email=company.email or "",
            phone=company.phone or "",
        )
        return form

    def draft(self) -> ReachDraft:
        email = (self.email.data or "").strip()
        return ReachDraft(
            version=self.version.data or 0,
            home_page=tidy(self.home_page.data or "") or None,
            email=parse_email(email) if email else None,
            phone=parse_phone(self.phone.data or ""),
        )
