"""The form of a need."""

from __future__ import annotations

from typing import Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty

from crm import clock
from crm.partners.drafts import NeedDraft, need_draft, refuse_past
from crm.partners.models import Need, Partner
from crm.segments import queries as segments
from crm.web.forms import CrmForm, DayField
from crm.web.session import db
from crm.web.words import segment_name

_NO_NUMBER = _l("Skriv et helt tall, uten «km».")


class _KilometreField(IntegerField):
    """A whole number of kilometres, complained about in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_NO_NUMBER)) from error


class NeedForm(CrmForm):
    title = StringField(_l("Overskrift"))
    text = TextAreaField(_l("Hva trengs?"))
    segments = SelectMultipleField(_l("Satsingsområder"), validate_choice=False)
    valid_until = DayField(_l("Gyldig til og med"))
    contact_id = SelectField(_l("Kontaktperson hos partneren"))
    source = StringField(_l("Hvor har vi det fra?"))
    farthest_km = _KilometreField(_l("Lengste avstand, i kilometer"), [MayBeEmpty()])
    shown_to_companies = BooleanField(_l("Kan vises til bedrifter"))

    @classmethod
    def of(cls, partner: Partner, need: Need | None = None) -> Self:
        """The form, filled from a need or empty, or as it was posted."""
        form: Self = cls.posted(data=_values(need) if need else {})
        form.segments.choices = {row.code: segment_name(row) for row in db().scalars(segments.segments())}
        people = {str(role.contact_id): role.contact.name for role in partner.roles}
        if need and need.contact:
            people.setdefault(str(need.contact_id), need.contact.name)
        form.contact_id.choices = {"": gettext("Ingen valgt")} | people
        return form

    def draft(self, need: Need | None = None) -> NeedDraft:
        """What was typed, as a draft; a day that has been is taken only where it stood there before."""
        if need is None or need.valid_until != self.valid_until.data:
            refuse_past(self.valid_until.data, today=clock.today())
        return need_draft(
            title=self.title.data or "",
            text=self.text.data or "",
            source=self.source.data or "",
            valid_until=self.valid_until.data,
            farthest_km=self.farthest_km.data,
            segments=frozenset(self.segments.data or []),
            contact_id=int(self.contact_id.data) if self.contact_id.data else None,
            shown_to_companies=bool(self.shown_to_companies.data),
        )


class EditNeedForm(NeedForm):
    version = IntegerField(validators=[InputRequired(_l("Last siden på nytt, og prøv igjen."))])


def _values(need: Need) -> dict[str, object]:
    names = ("title", "text", "valid_until", "source", "farthest_km", "shown_to_companies", "version")
    chosen = {
        "segments": [segment.code for segment in need.segments],
        "contact_id": str(need.contact_id or ""),
    }
    return {name: getattr(need, name) for name in names} | chosen
