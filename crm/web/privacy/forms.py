"""Forms about people's privacy."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length

from crm import clock
from crm.consents.drafts import ConsentDraft, consent_draft
from crm.consents.models import About, Basis, Channel
from crm.privacy.drafts import HoldDraft, hold_draft, likeness_draft
from crm.privacy.likeness import Likeness
from crm.privacy.models import ErasureCause
from crm.web.forms import CrmForm, DayField, options

CAUSES: dict[str, LazyString] = {
    ErasureCause.ASKED: _l("Personen ba om det"),
    ErasureCause.OBJECTED: _l("Personen protesterte mot at vi har opplysningene"),
    ErasureCause.OUTDATED: _l("Vi trenger ikke opplysningene lenger"),
    ErasureCause.WRONGLY_KEPT: _l("Vi skulle ikke hatt opplysningene"),
}
ABOUT: dict[str, LazyString] = {
    About.DEALINGS: _l("Vanlig kontakt"),
    About.INVITATIONS: _l("Invitasjoner"),
    About.NEWSLETTER: _l("Nyhetsbrev"),
}
CHANNELS: dict[str, LazyString] = {
    Channel.EMAIL: _l("E-post"),
    Channel.PHONE: _l("Telefon"),
    Channel.SMS: _l("SMS"),
}
BASES: dict[str, LazyString] = {
    Basis.CONSENT: _l("Samtykke"),
    Basis.CUSTOMER: _l("Kundeforhold"),
    Basis.LEGITIMATE_INTEREST: _l("Berettiget interesse"),
}


class FindForm(CrmForm):
    """Whom to look for, by any of the three."""

    name = StringField(_l("Navn"), [Length(max=200)])
    email = StringField(_l("E-post"), [Length(max=300)])
    phone = StringField(_l("Telefon"), [Length(max=40)])

    def draft(self) -> Likeness:
        return likeness_draft(
            name=self.name.data or "", email=self.email.data or "", phone=self.phone.data or ""
        )


class EraseForm(CrmForm):
    cause = RadioField(_l("Hvorfor?"), choices=options(CAUSES))


class ReasonForm(CrmForm):
    reason = StringField(_l("Hvorfor begrenses personen?"), [Length(max=300)])


class HoldForm(CrmForm):
    """Why a person must be kept, and when that is looked at again."""

    why = StringField(_l("Hvorfor må personen beholdes?"), [Length(max=300)])
    review_on = DayField(_l("Vurderes på nytt"))

    def draft(self) -> HoldDraft:
        return hold_draft(reason=self.why.data or "", review_on=self.review_on.data, today=clock.today())


class ConsentForm(CrmForm):
    """What a person has agreed to, and how we know."""

    about = SelectField(_l("Hva gjelder det?"), choices=options(ABOUT))
    channel = SelectField(_l("Hvordan?"), choices=options(CHANNELS))
    basis = SelectField(_l("Grunnlag"), choices=options(BASES))
    source = StringField(_l("Hvordan vet vi det?"), [Length(max=300)])
    given_on = DayField(_l("Dagen personen sa ja"))
    text_version = StringField(_l("Hvilken tekst sa personen ja til?"), [Length(max=200)])

    def draft(self) -> ConsentDraft:
        return consent_draft(
            about=self.about.data or "",
            channel=self.channel.data or "",
            basis=self.basis.data or "",
            source=self.source.data or "",
            given_on=self.given_on.data,
            text_version=self.text_version.data or "",
        )
