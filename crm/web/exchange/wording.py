"""What an exported list is headed with, in its reader's language."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.exchange.listed import Wording
from crm.web.words import KINDS, STAGES, language

COLUMNS: dict[str, LazyString] = {
    "name": _l("Virksomhet"),
    "orgnr": _l("Organisasjonsnummer"),
    "municipality": _l("Kommune"),
    "industry_code": _l("Næringskode"),
    "industry": _l("Næring"),
    "employees": _l("Ansatte"),
    "segments": _l("Satsingsområder"),
    "stage": _l("Steg"),
    "owner": _l("Ansvarlig"),
    "source": _l("Kilde"),
    "last_contact": _l("Siste kontakt"),
    "last_contact_kind": _l("Type kontakt"),
    "next_step": _l("Neste steg"),
    "next_step_on": _l("Frist"),
    "person": _l("Kontaktperson"),
    "person_phone": _l("Telefon til kontaktperson"),
    "person_email": _l("E-post til kontaktperson"),
    "home_page": _l("Hjemmeside"),
    "phone": _l("Telefon"),
}


def wording() -> Wording:
    """The words of this request's language."""
    return Wording(
        language=language(),
        columns={name: str(word) for name, word in COLUMNS.items()},
        stages={stage.value: str(word) for stage, word in STAGES.items()},
        contacts={kind.value: str(word) for kind, word in KINDS.items()},
    )
