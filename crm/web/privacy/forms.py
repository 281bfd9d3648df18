"""Forms about people's privacy."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from crm.privacy.drafts import likeness_draft
from crm.privacy.likeness import Likeness
from crm.web.forms import CrmForm


class FindForm(CrmForm):
    """Whom to look for, by any of the three."""

    name = StringField(_l("Navn"), [Length(max=200)])
    email = StringField(_l("E-post"), [Length(max=300)])
    phone = StringField(_l("Telefon"), [Length(max=40)])

    def draft(self) -> Likeness:
        return likeness_draft(
            name=self.name.data or "", email=self.email.data or "", phone=self.phone.data or ""
        )
