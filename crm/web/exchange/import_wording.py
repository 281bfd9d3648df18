"""What the pages of an import call fields, verdicts and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from crm.exchange.fields import Field
from crm.exchange.models import ImportState, Verdict
from crm.sheets.day_forms import DayForm, Decimal
from crm.web.words import STAGES

# What the choice of a column is grouped by.
FIELDS: tuple[tuple[LazyString, dict[Field, LazyString]], ...] = (
    (
        _l("Virksomheten"),
        {
            Field.NAME: _l("Navn på virksomheten"),
            Field.ORGNR: _l("Organisasjonsnummer"),
            Field.MUNICIPALITY: _l("Kommune"),
            Field.ADDRESS: _l("Adresse"),
            Field.INDUSTRY: _l("Næringskode"),
            Field.EMPLOYEES: _l("Ansatte"),
            Field.HOME_PAGE: _l("Hjemmeside"),
            Field.EMAIL: _l("E-post til virksomheten"),
            Field.PHONE: _l("Telefon til virksomheten"),
            Field.PURPOSE: _l("Hva de driver med"),
        },
    ),
    (
        _l("Oppfølging"),
        {
            Field.SEGMENTS: _l("Satsingsområder"),
            Field.STAGE: _l("Steg"),
            Field.OWNER: _l("Ansvarlig"),
            Field.SOURCE: _l("Kilde"),
            Field.NOTE: _l("Notat"),
            Field.NOTE_ON: _l("Dato for notatet"),
            Field.NEXT_STEP: _l("Neste steg"),
            Field.NEXT_STEP_ON: _l("Frist"),
        },
    ),
    (
        _l("Kontaktpersonen"),
        {
            Field.PERSON: _l("Navn på personen"),
            Field.FIRST_NAME: _l("Fornavn"),
            Field.LAST_NAME: _l("Etternavn"),
            Field.TITLE: _l("Stilling"),
            Field.PERSON_EMAIL: _l("E-post til personen"),
            Field.PERSON_PHONE: _l("Telefon til personen"),
        },
    ),
)
NAMES: dict[str, LazyString] = {
    field.value: name for _group, fields in FIELDS for field, name in fields.items()
}
VALUES: dict[str, LazyString] = {
    "name": NAMES["name"],
    "municipality_no": _l("Kommunenummer"),
    "owner_id": NAMES["owner"],
    "title": NAMES["title"],
}
VERDICTS: dict[Verdict, LazyString] = {
    Verdict.NEW: _l("Ny"),
    Verdict.UPDATED: _l("Endres"),
    Verdict.UNCHANGED: _l("Uendret"),
    Verdict.DUPLICATE: _l("Kanskje den samme"),
    Verdict.REJECTED: _l("Må rettes"),
}
COLOURS = {
    Verdict.NEW: "success",
    Verdict.UPDATED: "info",
    Verdict.UNCHANGED: "neutral",
    Verdict.DUPLICATE: "warning",
    Verdict.REJECTED: "danger",
}
STATES: dict[ImportState, LazyString] = {
    ImportState.RECEIVED: _l("Ikke lest ennå"),
    ImportState.READING: _l("Leses"),
    ImportState.READY: _l("Klar til å tas inn"),
    ImportState.APPLYING: _l("Tas inn"),
    ImportState.APPLIED: _l("Tatt inn"),
    ImportState.UNDOING: _l("Angres"),
    ImportState.UNDONE: _l("Angret"),
    ImportState.FAILED: _l("Stoppet"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (1252)",
    "iso8859-15": "ISO 8859-15",
    "mac_roman": "Mac",
    "cp865": "DOS",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
DELIMITERS: dict[str, LazyString] = {
    ";": _l("Semikolon"),
    ",": _l("Komma"),
    "\t": _l("Tabulator"),
    "|": _l("Loddrett strek"),
}
DAY_FORMS: dict[DayForm, LazyString] = {
    DayForm.DAY_FIRST: _l("Dag først: 31.12.2026"),
    DayForm.MONTH_FIRST: _l("Måned først: 12/31/2026"),
}
DECIMALS: dict[Decimal, LazyString] = {
    Decimal.COMMA: _l("Komma: 1 234,5"),
    Decimal.POINT: _l("Punktum: 1,234.5"),
}


def remark(said: Mapping[str, Any]) -> str:
    """A remark on a row as a sentence in the reader's language."""
    sentence = said["message"]
    return str(gettext(sentence, **said["values"]))


def described(plan: Mapping[str, Any]) -> str:
    """A new company and its lead in a line: place, employees, industry, step and segments."""
    create, lead = plan.get("create", {}), plan.get("lead", {})
    parts = [create.get(name) for name in ("municipality", "industry", "home_page", "email", "phone")]
    if "employees" in create:
        parts.insert(1, ngettext("%(num)s ansatt", "%(num)s ansatte", create["employees"]))
    if "stage" in lead:
        parts.append(value("stage", lead["stage"], {}))
    return " · ".join(str(part) for part in (*parts, *lead.get("segments", ())) if part)


def value_name(name: str) -> str:
    """What a value is called in a list of changes."""
    return str(VALUES.get(name) or NAMES.get(name, name))


def value(name: str, content: Any, people: Mapping[int, str]) -> str:
    """A value in a list of changes, as people read it."""
    if content in {None, ""} if not isinstance(content, list) else not content:
        return str(gettext("tomt"))
    if isinstance(content, list):
        return ", ".join(str(one) for one in content)
    if name == "stage":
        return str(next((label for stage, label in STAGES.items() if stage.value == content), content))
    return people.get(content, str(content)) if name == "owner_id" else str(content)
