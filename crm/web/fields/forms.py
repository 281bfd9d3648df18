"""The form an own field is made and changed by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.validators import Optional as MayBeEmpty

from crm.fields.drafts import FieldDraft, field_draft
from crm.fields.models import OwnField
from crm.web.fields.wording import KINDS, SUBJECTS
from crm.web.forms import CrmForm, options


class FieldForm(CrmForm):
    """What a field is about, what it is called, and what may be written in it."""

    version = IntegerField(validators=[MayBeEmpty()])
    subject = SelectField(_l("Gjelder"), choices=options(dict(SUBJECTS.items())), validate_choice=False)
    name = StringField(_l("Navn på feltet"), [Length(max=60)])
    kind = SelectField(_l("Slag"), choices=options(dict(KINDS.items())), validate_choice=False)
    choices = TextAreaField(_l("Valg, ett på hver linje"), [Length(max=7000)])
    help_text = StringField(_l("Hjelpetekst"), [Length(max=300)])
    matching = BooleanField(_l("Brukes når vi foreslår hvem som bør møtes"))

    @classmethod
    def of(cls, field: OwnField) -> FieldForm:
        form: FieldForm = cls.posted(
            version=field.version,
            subject=field.subject.value,
            name=field.name,
            kind=field.kind.value,
            choices="\n".join(field.choices),
            help_text=field.help,
            matching=field.matching,
        )
        return form

    def draft(self) -> FieldDraft:
        return field_draft(
            name=self.name.data or "",
            kind=self.kind.data or "",
            help_text=self.help_text.data or "",
            choices=(self.choices.data or "").splitlines(),
            matching=bool(self.matching.data),
        )
