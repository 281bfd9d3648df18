"""Forms about the log."""

from __future__ import annotations

from datetime import datetime
from datetime import time as clock_time

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from crm import clock
from crm.activities.drafts import ActivityDraft, activity_draft
from crm.activities.models import Activity, Kind, Outcome
from crm.web.forms import CrmForm, DayField, options
from crm.web.words import KINDS, OUTCOMES


class EditForm(CrmForm):
    """A line of the log, to be put right."""

    version = IntegerField(validators=[MayBeEmpty()])
    kind = SelectField(_l("Hva"), choices=options({kind.value: KINDS[kind] for kind in Kind}))
    outcome = SelectField(
        _l("Utfall"),
        choices=options({"": _l("Ikke valgt"), **{result.value: OUTCOMES[result] for result in Outcome}}),
        default="",
    )
    on = DayField(_l("Dag"), [InputRequired(_l("Velg dagen det skjedde."))])
    at = TimeField(_l("Klokka"), [MayBeEmpty()])
    text = TextAreaField(_l("Hva ble sagt?"), [Length(max=10_000)])

    @classmethod
    def of(cls, line: Activity) -> EditForm:
        local = line.happened_at.astimezone(clock.OSLO)
        form: EditForm = cls.posted(
            version=line.version,
            kind=line.kind.value,
            outcome=line.outcome.value if line.outcome else "",
            on=local.date(),
            at=local.time().replace(second=0, microsecond=0),
            text=line.text,
        )
        return form

    def draft(self, line: Activity) -> ActivityDraft:
        day, hour = self.on.data or clock.today(), self.at.data or clock_time(12)
        return activity_draft(
            kind=self.kind.data or "",
            happened_at=datetime.combine(day, hour, tzinfo=clock.OSLO),
            now=clock.now(),
            text=self.text.data or "",
            outcome=self.outcome.data or "",
            contact_id=line.contact_id,
        )


class PostponeForm(CrmForm):
    to = DayField(_l("Ny dag"), [InputRequired(_l("Velg en ny dag."))])


class NextStepForm(PostponeForm):
    text = StringField(_l("Neste steg"), [Length(max=300)])
