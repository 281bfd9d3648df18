"""The form that confirms a change of many."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from crm import clock
from crm.changes.drafts import ChangeDraft, change_draft
from crm.web.forms import CrmForm, DayField


class WhyForm(CrmForm):
    """Why leads leave the road, and when they are taken up again; empty for every other change."""

    reason = StringField(_l("Hvorfor?"), [Length(max=300)])
    wake_on = DayField(_l("Ta opp igjen"))

    def draft(self, typed: str) -> ChangeDraft:
        return change_draft(
            typed, reason=self.reason.data or "", wake_on=self.wake_on.data, today=clock.today()
        )
