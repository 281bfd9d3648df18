"""Forms about matches."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Length

from crm import clock
from crm.matches.drafts import AnswerDraft, MoveDraft, answer_draft, move_draft
from crm.web.forms import CrmForm, DayField, options
from crm.web.words import NO_REASONS


class AnswerForm(CrmForm):
    """Yes, not now or no to a suggestion; ``sides`` says which names its card shows."""

    answer = HiddenField()
    until = DayField(_l("Til hvilken dag?"))
    reason = RadioField(_l("Hvorfor ikke?"), choices=options(NO_REASONS), validate_choice=False)
    added = StringField(
        _l("Vil du si mer?"), [Length(max=200, message=_l("Hold teksten på under 200 tegn."))]
    )
    sides = HiddenField()
    next = HiddenField()

    def draft(self) -> AnswerDraft:
        """What was answered, as a draft; InvalidInput names the field."""
        return answer_draft(
            self.answer.data or "", today=clock.today(), reason=self._why(), until=self.until.data
        )

    def _why(self) -> str:
        chosen, added = self.reason.data or "", (self.added.data or "").strip()
        if self.answer.data != "no" or chosen not in NO_REASONS:
            return ""
        return f"{chosen}: {added}" if added else chosen


class WithdrawForm(CrmForm):
    sides = HiddenField()
    next = HiddenField()


class MoveForm(CrmForm):
    """How far an introduction has come."""

    state = HiddenField()
    outcome = StringField(_l("Hva kom det ut av det?"))

    def draft(self) -> MoveDraft:
        return move_draft(self.state.data or "", outcome=self.outcome.data or "")
