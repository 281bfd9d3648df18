"""What a column of somebody's table may be: our fields, and the words people head them with."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from crm.companies.models import Stage


class Field(StrEnum):
    """Where a column goes. Several columns may go into one note; every other field takes one column."""

    ORGNR = "orgnr"
    NAME = "name"
    MUNICIPALITY = "municipality"
    ADDRESS = "address"
    INDUSTRY = "industry"
    EMPLOYEES = "employees"
    HOME_PAGE = "home_page"
    EMAIL = "email"
    PHONE = "phone"
    PURPOSE = "purpose"
    SEGMENTS = "segments"
    STAGE = "stage"
    OWNER = "owner"
    SOURCE = "source"
    PERSON = "person"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    TITLE = "title"
    PERSON_EMAIL = "person_email"
    PERSON_PHONE = "person_phone"
    NOTE = "note"
    NOTE_ON = "note_on"
    NEXT_STEP = "next_step"
    NEXT_STEP_ON = "next_step_on"
    NONE = "none"
    """Looked at and left out."""


COMPANY = (
    Field.NAME,
    Field.MUNICIPALITY,
    Field.ADDRESS,
    Field.INDUSTRY,
    Field.EMPLOYEES,
    Field.HOME_PAGE,
    Field.EMAIL,
    Field.PHONE,
    Field.PURPOSE,
)
LEAD = (Field.SEGMENTS, Field.STAGE, Field.OWNER, Field.SOURCE)
PERSON = (
    Field.PERSON,
    Field.FIRST_NAME,
    Field.LAST_NAME,
    Field.TITLE,
    Field.PERSON_EMAIL,
    Field.PERSON_PHONE,
)
Columns = dict[Field, list[int]]
"""Which columns go where, counted from 0."""
SEVERAL = frozenset({Field.NOTE, Field.NONE})


def columns_of(fields: Sequence[Field]) -> Columns:
    """The columns of each field that is taken in."""
    found: Columns = {}
    for place, field in enumerate(fields):
        if field is not Field.NONE:
            found.setdefault(field, []).append(place)
    return found


# Steps as our pages call them, and as others do; folded.
STAGES: dict[str, Stage] = {
    "identifisert": Stage.IDENTIFIED,
    "identified": Stage.IDENTIFIED,
    "ny": Stage.IDENTIFIED,
    "new": Stage.IDENTIFIED,
    "kontaktet": Stage.CONTACTED,
    "kontakta": Stage.CONTACTED,
    "contacted": Stage.CONTACTED,
    "moete": Stage.MEETING,
    "meeting": Stage.MEETING,
    "besoek": Stage.VISIT,
    "visit": Stage.VISIT,
    "konkret interesse": Stage.CONCRETE_INTEREST,
    "concrete interest": Stage.CONCRETE_INTEREST,
    "interessert": Stage.CONCRETE_INTEREST,
    "interested": Stage.CONCRETE_INTEREST,
    "etablerer seg": Stage.ESTABLISHING,
    "establishing": Stage.ESTABLISHING,
    "etablert": Stage.ESTABLISHED,
    "established": Stage.ESTABLISHED,
    "parkert": Stage.PARKED,
    "parked": Stage.PARKED,
    "tapt": Stage.LOST,
    "lost": Stage.LOST,
}
