"""What is chosen and what moves in a merge, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.companies.models import Stage
from crm.contacts.drafts import show_phone
from crm.duplicates.choices import Option
from crm.duplicates.unfusing import Left
from crm.orgnr import format_orgnr
from crm.web.formats import day_in_words, readable_name, show_number
from crm.web.session import db
from crm.web.words import STAGES

FIELDS: dict[str, LazyString] = {
    "name": _l("Navn"),
    "orgnr": _l("Organisasjonsnummer"),
    "form": _l("Organisasjonsform"),
    "municipality": _l("Sted"),
    "address": _l("Adresse"),
    "industry_name": _l("Næring"),
    "employees": _l("Ansatte"),
    "home_page": _l("Hjemmeside"),
    "email": _l("E-post"),
    "phone": _l("Telefon"),
    "purpose": _l("Formål"),
    "source": _l("Kilde"),
    "lead-stage": _l("Steg"),
    "lead-owner_id": _l("Ansvarlig"),
    "lead-source": _l("Kilde"),
    "lead-cadence_days": _l("Fast rytme"),
}
_READ = {"phone": show_phone, "orgnr": format_orgnr, "name": readable_name, "municipality": readable_name}
MOVING: dict[str, LazyString] = {
    "campaign_companies.company_id": _l("Faste lister"),
    "access_file_links.contact_id": _l("Lenker til innsyn"),
    "consents.contact_id": _l("Samtykker"),
    "past_roles.company_id": _l("Personer som har sluttet"),
    "past_roles.contact_id": _l("Tidligere roller"),
    "privacy_holds.contact_id": _l("Grunner til å beholde"),
    "privacy_notices.contact_id": _l("Beskjeder om personvern"),
    "retention_reviews.contact_id": _l("Vurderinger av sletting"),
    "activities.company_id": _l("Linjer i loggen"),
    "activities.contact_id": _l("Linjer i loggen"),
    "bulk_change_rows.company_id": _l("Endringer av mange"),
    "company_roles.company_id": _l("Personer"),
    "company_roles.contact_id": _l("Roller i virksomheter"),
    "follow_ups.company_id": _l("Oppfølginger"),
    "history.subject_id": _l("Linjer i historikken"),
    "import_rows.company_id": _l("Rader fra regneark"),
    "introductions.company_id": _l("Koblinger"),
    "leads.company_id": _l("Sak vi følger"),
    "merges.company_id": _l("Tidligere sammenslåinger"),
    "merges.contact_id": _l("Tidligere sammenslåinger"),
    "needs.contact_id": _l("Behov personen er kontakt for"),
    "offers.company_id": _l("Det de tilbyr"),
    "own_values.company_id": _l("Egne felt"),
    "own_values.contact_id": _l("Egne felt"),
    "pair_rules.company_id": _l("Regler for hvem som skal møtes"),
    "partner_roles.contact_id": _l("Roller hos partnere"),
    "register_events.company_id": _l("Nytt fra registeret"),
    "suggestions.company_id": _l("Forslag"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to choose, with its name and what either side has, as people read it."""

    option: Option
    name: str
    first: str
    second: str

    @property
    def is_other_number(self) -> bool:
        return self.option.key == "orgnr" and self.option.differs and bool(self.first and self.second)


def lines(options: Sequence[Option]) -> list[Line]:
    names = {user.id: user.name for user in db().scalars(accounts.colleagues())}
    return [
        Line(
            option,
            option.name or str(FIELDS[option.key]),
            _shown(option.key, option.first, names),
            _shown(option.key, option.second, names),
        )
        for option in options
    ]


def moving(what: str) -> str:
    """What rows of a kind are called; the table's own name where nobody has given it one."""
    return str(MOVING.get(what, what.partition(".")[0]))


def _shown(key: str, value: Any, names: Mapping[int, str]) -> str:
    """A value as people read it; empty where there is none."""
    if value in {None, ""}:
        return ""
    if key == "lead-stage":
        return str(STAGES[Stage(value)])
    if key == "lead-owner_id":
        return names.get(value, str(value))
    if key == "lead-cadence_days":
        return str(gettext("Hold kontakten hver %(days)s. dag", days=value))
    if isinstance(value, date):
        return day_in_words(value)
    return _READ.get(key, str)(value) if isinstance(value, str) else show_number(value)


def left_in_words(left: Sequence[Left]) -> str:
    """«Telefon, 2 linjer i loggen»: what stays as it is now after an undoing."""
    named: dict[str, int] = {}
    for one in left:
        prefix = "lead-" if one.table == "leads" else ""
        field = FIELDS.get(prefix + one.field)
        what = str(field) if field else f"{one.rows} × {moving(f'{one.table}.{one.field}').lower()}"
        named[what] = one.rows
    return ", ".join(named)
