"""What kinds of record and of own fields are called."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.fields.models import FieldKind, Subject

SUBJECTS: dict[Subject, LazyString] = {
    Subject.COMPANY: _l("Virksomheter"),
    Subject.CONTACT: _l("Personer"),
    Subject.NEED: _l("Behov"),
}
KINDS: dict[FieldKind, LazyString] = {
    FieldKind.TEXT: _l("Tekst"),
    FieldKind.NUMBER: _l("Tall"),
    FieldKind.DATE: _l("Dato"),
    FieldKind.CHOICE: _l("Valg fra en liste"),
}
