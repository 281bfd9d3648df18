"""Forms about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from crm.accounts.drafts import UserDraft, user_draft
from crm.accounts.models import WeeklyMail
from crm.accounts.permissions import Role
from crm.accounts.tokens import DAYS, TokenDraft, token_draft
from crm.web.forms import CrmForm, options
from crm.web.words import ROLES


class SignInForm(CrmForm):
    email = EmailField(_l("E-post"), [InputRequired(_l("Skriv e-postadressen din.")), Length(max=300)])
    password = PasswordField(_l("Passord"), [InputRequired(_l("Skriv passordet ditt."))])
    next = HiddenField()


class ForgottenForm(CrmForm):
    email = EmailField(_l("E-post"), [InputRequired(_l("Skriv e-postadressen din.")), Length(max=300)])


class PasswordForm(CrmForm):
    password = PasswordField(_l("Nytt passord"), [InputRequired(_l("Velg et passord."))])


class ChangePasswordForm(PasswordForm):
    present = PasswordField(_l("Nåværende passord"))


class LanguageForm(CrmForm):
    language = SelectField(_l("Språk"), choices=options({"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}))


class WeeklyMailForm(CrmForm):
    weekly_mail = RadioField(
        _l("Hva skal stå i den?"),
        choices=options(
            {
                WeeklyMail.COUNTS.value: _l("Hvor mye som venter, og lenker dit"),
                WeeklyMail.NAMES.value: _l("Også navn på virksomheter og oppfølginger"),
                WeeklyMail.OFF.value: _l("Ikke send den"),
            }
        ),
    )


class CodeForm(CrmForm):
    code = StringField(_l("Kode"), [InputRequired(_l("Skriv koden.")), Length(max=60)])


class ProofForm(CrmForm):
    password = PasswordField(_l("Passord"))
    code = StringField(_l("Kode"), [Length(max=60)])
    next = HiddenField()


class TokenForm(CrmForm):
    name = StringField(_l("Hva skal nøkkelen brukes til?"), [Length(max=200)])
    days = IntegerField(_l("Hvor mange dager skal den vare?"), default=DAYS)
    read_only = BooleanField(_l("Bare lese"))

    def draft(self) -> TokenDraft:
        return token_draft(
            name=self.name.data or "", days=self.days.data or 0, read_only=bool(self.read_only.data)
        )


class InviteForm(CrmForm):
    email = EmailField(_l("E-post"), [InputRequired(_l("Skriv e-postadressen til den som skal inviteres."))])
    name = StringField(_l("Navn"), [Length(max=200)])
    role = SelectField(_l("Rolle"), choices=options({role.value: ROLES[role] for role in Role}))

    def draft(self) -> UserDraft:
        return user_draft(self.email.data or "", self.role.data or "", name=self.name.data or "")
