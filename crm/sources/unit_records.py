"""From the register's record to our types: which of its fields becomes which of ours, as one table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm.errors import InvalidInput, said
from crm.orgnr import parse_orgnr
from crm.sources import values
from crm.sources.units import RemovedUnit, SubUnit, Unit

Record = Mapping[str, object]
# A field of the register: the name of ours, or the names where one object holds several, and the parser.
Fields = dict[str, tuple[str | tuple[str, ...], Callable[[object], Any]]]

SUBUNIT_FORMS = frozenset({"BEDR", "AAFY"})
_INDUSTRIES = ("industry1", "industry2", "industry3")
_STATUS = ("status", "statuskode", "error")
_SHARED: Fields = {
    "navn": ("name", values.text),
    "organisasjonsform": (("form_code", "form_name"), values.coded),
    "naeringskode1": ("industry1", values.industry),
    "naeringskode2": ("industry2", values.industry),
    "naeringskode3": ("industry3", values.industry),
    "antallAnsatte": ("employees", values.whole),
    "harRegistrertAntallAnsatte": ("employees_registered", values.flag),
    "slettedato": ("dissolved_on", values.day),
    "overordnetEnhet": ("parent", values.number_of_unit),
}
UNIT_FIELDS: Fields = {
    **_SHARED,
    "hjelpeenhetskode": ("auxiliary_code", values.code),
    "hjemmeside": ("home_page", values.text),
    "epostadresse": ("email", values.text),
    "telefon": ("phone", values.text),
    "mobil": ("mobile", values.text),
    "forretningsadresse": ("business_address", values.address),
    "postadresse": ("postal_address", values.address),
    "sisteInnsendteAarsregnskap": ("last_accounts", values.whole),
    "registreringsdatoEnhetsregisteret": ("registered_on", values.day),
    "stiftelsesdato": ("founded_on", values.day),
    "konkurs": ("bankrupt", values.flag),
    "konkursdato": ("bankrupt_on", values.day),
    "underAvvikling": ("winding_up", values.flag),
    "underAvviklingDato": ("winding_up_on", values.day),
    "underTvangsavviklingEllerTvangsopplosning": ("forced_dissolution", values.flag),
    "maalform": ("language_form", values.text),
    "registrertIMvaregisteret": ("vat_registered", values.flag),
    "registrertIFrivillighetsregisteret": ("voluntary_registered", values.flag),
    "vedtektsfestetFormaal": ("purpose", values.paragraph),
    "aktivitet": ("activity", values.paragraph),
    "institusjonellSektorkode": (("sector_code", "sector_name"), values.coded),
    "kapital": (("capital", "currency"), values.capital),
    "historiskeNavn": ("former_names", values.names),
}
SUBUNIT_FIELDS: Fields = {
    **_SHARED,
    "beliggenhetsadresse": ("location", values.address),
    "registreringsdatoEnhetsregisteret": ("registered_on", values.day),
    "oppstartsdato": ("started_on", values.day),
    "nedleggelsesdato": ("closed_on", values.day),
}
REGISTER_NAMES = frozenset({"organisasjonsnummer"} | UNIT_FIELDS.keys() | SUBUNIT_FIELDS.keys())


def unit_from(record: Record, *, demo: bool = False) -> Unit | RemovedUnit:
    """A unit; InvalidInput names the register's field where a value cannot be what it should."""
    orgnr = _orgnr(record, demo=demo)
    if _is_removed(record):
        return RemovedUnit(orgnr=orgnr)
    found = _read(record, UNIT_FIELDS)
    if found["form_code"] in SUBUNIT_FORMS:
        raise _wrong_kind(said("Dette er en underenhet, ikke en enhet."), found)
    return Unit(orgnr=orgnr, **found)


def subunit_from(record: Record, *, demo: bool = False) -> SubUnit | RemovedUnit:
    """A sub-unit; InvalidInput as for a unit."""
    orgnr = _orgnr(record, demo=demo)
    if _is_removed(record):
        return RemovedUnit(orgnr=orgnr)
    found = _read(record, SUBUNIT_FIELDS)
    if found["form_code"] not in SUBUNIT_FORMS:
        raise _wrong_kind(said("Dette er en enhet, ikke en underenhet."), found)
    del found["form_name"]
    return SubUnit(orgnr=orgnr, **found)


def _orgnr(record: Record, *, demo: bool) -> str:
    try:
        return parse_orgnr(values.text(record.get("organisasjonsnummer")) or "", demo=demo)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="organisasjonsnummer", **error.values) from error


def _is_removed(record: Record) -> bool:
    """Whether the register has taken the unit out: by class, by change type, or by the status Gone."""
    if str(record.get("respons_klasse")).startswith("Fjernet"):
        return True
    if "navn" in record:
        return False
    return record.get("endringstype") == "Fjernet" or any(str(record.get(key)) == "410" for key in _STATUS)


def _read(record: Record, fields: Fields) -> dict[str, Any]:
    """The fields that are present and not null, under our names; name and form are demanded."""
    found: dict[str, Any] = {}
    key = ""
    try:
        for key, value in record.items():
            if value is not None and key in fields:
                ours, parse = fields[key]
                if isinstance(ours, str):
                    found[ours] = parse(value)
                else:
                    found.update(zip(ours, parse(value), strict=True))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=key, **error.values) from error
    _demand(found, "name", field="navn")
    _demand(found, "form_code", field="organisasjonsform.kode")
    industries = (found.pop(name, None) for name in _INDUSTRIES)
    found["industries"] = tuple(industry for industry in industries if industry)
    return found


def _demand(found: dict[str, Any], name: str, *, field: str) -> None:
    if not found.get(name):
        raise InvalidInput("Feltet mangler.", field=field, value="")


def _wrong_kind(sentence: str, found: dict[str, Any]) -> InvalidInput:
    return InvalidInput(sentence, field="organisasjonsform.kode", value=found["form_code"])
