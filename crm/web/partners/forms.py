"""Forms about partners and what they offer."""

from __future__ import annotations

from typing import Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from crm.codes import queries as codes
from crm.partners.drafts import OfferDraft, PartnerDraft, offer_draft, partner_draft
from crm.partners.models import Offer, Partner, PartnerKind
from crm.web.forms import CrmForm
from crm.web.session import db
from crm.web.words import PARTNER_KINDS


class PartnerForm(CrmForm):
    name = StringField(_l("Navn"), [Length(max=300)])
    kind = SelectField(_l("Hva slags partner?"), validate_choice=False)
    municipality_no = SelectField(_l("Kommune"), validate_choice=False)
    orgnr = StringField(_l("Organisasjonsnummer"))
    home_page = StringField(_l("Hjemmeside"))
    about = TextAreaField(_l("Om partneren"))

    @classmethod
    def of(cls, partner: Partner | None) -> Self:
        """The form, filled from a partner or empty, or as it was posted."""
        form: Self = cls.posted(**({"obj": partner} if partner else {}))
        places = {place.number: place.name for place in db().scalars(codes.municipalities())}
        kept = partner.municipality_no if partner else None
        if kept:
            places.setdefault(kept, kept)
        kinds = {kind.value: str(PARTNER_KINDS[kind]) for kind in PartnerKind}
        form.kind.choices = {"": gettext("Velg")} | kinds
        form.municipality_no.choices = {"": gettext("Ikke valgt")} | places
        return form

    def draft(self) -> PartnerDraft:
        return partner_draft(
            name=self.name.data or "",
            kind=self.kind.data or "",
            orgnr=self.orgnr.data or "",
            municipality_no=self.municipality_no.data or "",
            home_page=self.home_page.data or "",
            about=self.about.data or "",
        )


class EditPartnerForm(PartnerForm):
    version = IntegerField(validators=[InputRequired(_l("Last siden på nytt, og prøv igjen."))])


class OfferForm(CrmForm):
    title = StringField(_l("Hva tilbys?"))
    text = TextAreaField(_l("Mer om det"))
    source = StringField(_l("Hvor har vi det fra?"))

    def draft(self) -> OfferDraft:
        return offer_draft(
            title=self.title.data or "", text=self.text.data or "", source=self.source.data or ""
        )


class EditOfferForm(OfferForm):
    version = IntegerField(validators=[InputRequired(_l("Last siden på nytt, og prøv igjen."))])

    @classmethod
    def of(cls, offer: Offer) -> EditOfferForm:
        form: EditOfferForm = cls.posted(obj=offer)
        return form
