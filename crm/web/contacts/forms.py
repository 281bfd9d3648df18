"""Forms about contact persons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, IntegerField, StringField, TelField
from wtforms.validators import InputRequired, Length

from crm.contacts.drafts import ContactDraft, contact_draft
from crm.contacts.models import Contact
from crm.web.forms import CrmForm


class ContactForm(CrmForm):
    name = StringField(_l("Navn"), [Length(max=200)])
    title = StringField(_l("Stilling eller rolle"), [Length(max=200)])
    phone = TelField(_l("Telefon"))
    email = EmailField(_l("E-post"))
    source = StringField(_l("Hvor har vi personen fra?"), [Length(max=300)])

    def draft(self) -> ContactDraft:
        return contact_draft(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            title=self.title.data or "",
            source=self.source.data or "",
        )


class EditContactForm(CrmForm):
    name = StringField(_l("Navn"), [Length(max=200)])
    phone = TelField(_l("Telefon"))
    email = EmailField(_l("E-post"))
    source = StringField(_l("Hvor har vi personen fra?"), [Length(max=300)])
    version = IntegerField(validators=[InputRequired(_l("Last siden på nytt, og prøv igjen."))])

    @classmethod
    def of(cls, contact: Contact) -> EditContactForm:
        form: EditContactForm = cls.posted(obj=contact)
        return form

    def draft(self) -> ContactDraft:
        return contact_draft(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            source=self.source.data or "",
        )


class RoleForm(CrmForm):
    title = StringField(_l("Stilling eller rolle"), [Length(max=200)])
