"""A change of many, in words."""

from __future__ import annotations

from flask_babel import gettext

from crm.changes.models import ChangeKind
from crm.companies.models import Stage
from crm.web.listing import Offered
from crm.web.words import STAGES, segment_name


def in_words(kind: ChangeKind, value: str, among: Offered) -> str:
    """«Ansvarlig: Kari Eksempel», «Steg: Møte», «Legg til Helse»."""
    if kind is ChangeKind.OWNER:
        owners = {str(person.id): person.name for person in among.people}
        return str(gettext("Ansvarlig: %(name)s", name=owners.get(value, value) or gettext("ingen")))
    if kind is ChangeKind.STAGE:
        return str(gettext("Steg: %(name)s", name=STAGES[Stage(value)]))
    if kind is ChangeKind.CADENCE:
        said = (
            gettext("Hold kontakten hver %(days)s. dag", days=value) if value else gettext("Ingen fast rytme")
        )
        return str(said)
    names = {segment.code: segment_name(segment) for segment in among.segments}
    named = names.get(value, value)
    if kind is ChangeKind.SEGMENT_ADD:
        return str(gettext("Legg til %(name)s", name=named))
    return str(gettext("Ta bort %(name)s", name=named))
