"""Forms of the first steps."""

from __future__ import annotations

from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from crm.codes import queries as codes
from crm.web.forms import CrmForm
from crm.web.session import db


class FetchForm(CrmForm):
    municipality = SelectField(_l("Kommune"))

    @classmethod
    def of(cls, home: str) -> Self:
        """The form with the municipalities to choose from, ours first chosen, or as it was posted."""
        form: Self = cls.posted(municipality=home)
        form.municipality.choices = [
            (place.number, place.name) for place in db().scalars(codes.municipalities())
        ]
        return form
