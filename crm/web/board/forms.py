"""The form a card is moved by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from crm import clock
from crm.companies.drafts import MoveDraft, move_draft
from crm.web.forms import CrmForm, DayField


class CardForm(CrmForm):
    """Where a card goes: the column, the cards it lands between, and why where it leaves the road."""

    stage = StringField()
    seen = StringField()
    above = StringField()
    below = StringField()
    reason = StringField(_l("Hvorfor?"), [Length(max=300)])
    wake_on = DayField(_l("Ta opp igjen"))

    def draft(self) -> MoveDraft:
        return move_draft(
            self.stage.data or "",
            reason=self.reason.data or "",
            wake_on=self.wake_on.data,
            today=clock.today(),
        )

    def neighbours(self) -> tuple[int | None, int | None]:
        """The companies above and below the place; None where there is nobody."""
        return _number(self.above.data), _number(self.below.data)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 10 else None
