"""Units come out of the register's records typed, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from crm.sources.bulk import open_bulk
from crm.sources.unit_reading import read_subunits, read_units
from crm.sources.units import Address, Industry, Rejected, RemovedUnit, SubUnit, Unit

BulkOf = Callable[..., str]
Record = dict[str, object]


def units_in(path: str, *, demo: bool = False) -> list[Unit | RemovedUnit | Rejected]:
    with open_bulk(path) as bulk:
        return list(read_units(bulk, demo=demo))


def only(path: str) -> Unit | RemovedUnit | Rejected:
    (found,) = units_in(path)
    return found


def test_a_record_becomes_a_unit_with_all_its_fields(bulk_of: BulkOf, company: Record) -> None:
    assert only(bulk_of(company)) == Unit(
        orgnr="811111112",
        name="FJELLVIND ANALYSE AS",
        form_code="AS",
        form_name="Aksjeselskap",
        industries=(
            Industry(code="62.100", name="Programmering"),
            Industry(code="86.210", name="Allmenn legetjeneste"),
        ),
        employees=12,
        employees_registered=True,
        home_page="fjellvind.example",
        business_address=Address(
            lines=("Storgata 1",),
            postal_code="2406",
            place="ELVERUM",
            municipality="ELVERUM",
            municipality_no="3420",
            country="Norge",
            country_code="NO",
        ),
        sector_code="2100",
        sector_name="Private aksjeselskaper mv.",
        last_accounts=2025,
        registered_on=date(2019, 3, 4),
        founded_on=date(2019, 2, 1),
        winding_up=True,
        winding_up_on=date(2026, 5, 6),
        vat_registered=True,
        language_form="Nynorsk",
        purpose="Utvikling av måleutstyr for fjellet.",
        activity="Måling.",
        capital=30000.0,
        currency="NOK",
        former_names=("VINDFJELL AS",),
    )


def test_a_missing_head_count_is_unknown_and_not_none_at_all(bulk_of: BulkOf, company: Record) -> None:
    del company["antallAnsatte"]
    unit = only(bulk_of(company))
    assert isinstance(unit, Unit)
    assert unit.employees is None
    assert unit.employees_registered


def test_a_zero_head_count_stays_zero(bulk_of: BulkOf, company: Record) -> None:
    unit = only(bulk_of(company | {"antallAnsatte": 0}))
    assert isinstance(unit, Unit)
    assert unit.employees == 0


def test_a_dissolved_unit_is_short_and_dated(bulk_of: BulkOf) -> None:
    short = {
        "organisasjonsnummer": "974760673",
        "navn": "SLETTET AS",
        "organisasjonsform": {"kode": "AS", "utgaatt": "2017-07-17"},
        "slettedato": "2017-10-20",
    }
    unit = only(bulk_of(short))
    assert isinstance(unit, Unit)
    assert unit.dissolved_on == date(2017, 10, 20)


@pytest.mark.parametrize(
    "marks",
    [
        {"respons_klasse": "FjernetEnhet"},
        {"respons_klasse": "FjernetEnhetJuridiskeArsaker", "navn": "X"},
        {"endringstype": "Fjernet", "oppdateringsid": 7},
        {"status": 410, "error": "Gone"},
        {"status": "410"},
    ],
)
def test_what_the_register_removed_is_to_be_erased(bulk_of: BulkOf, marks: Record) -> None:
    assert only(bulk_of({"organisasjonsnummer": "974760673"} | marks)) == RemovedUnit(orgnr="974760673")


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"organisasjonsnummer": "811111113"}, "organisasjonsnummer", "811111113"),
        ({"organisasjonsnummer": None}, "organisasjonsnummer", ""),
        ({"navn": None}, "navn", ""),
        ({"navn": "  "}, "navn", ""),
        ({"navn": {"kode": "x"}}, "navn", "{'kode': 'x'}"),
        ({"organisasjonsform": None}, "organisasjonsform.kode", ""),
        ({"organisasjonsform": ["AS"]}, "organisasjonsform", "['AS']"),
        ({"organisasjonsform": {"kode": "BEDR"}}, "organisasjonsform.kode", "BEDR"),
        ({"antallAnsatte": "mange"}, "antallAnsatte", "mange"),
        ({"antallAnsatte": -1}, "antallAnsatte", "-1"),
        ({"antallAnsatte": 10**30}, "antallAnsatte", str(10**30)),
        ({"antallAnsatte": True}, "antallAnsatte", "True"),
        ({"stiftelsesdato": "31.12.2026"}, "stiftelsesdato", "31.12.2026"),
        ({"stiftelsesdato": 20261231}, "stiftelsesdato", "20261231"),
        ({"konkurs": "kanskje"}, "konkurs", "kanskje"),
        ({"forretningsadresse": ["Storgata 1"]}, "forretningsadresse", "['Storgata 1']"),
        ({"naeringskode1": "62.100"}, "naeringskode1", "62.100"),
        ({"kapital": {"belop": "1e999"}}, "kapital", "1e999"),
        ({"historiskeNavn": "GAMMEL AS"}, "historiskeNavn", "GAMMEL AS"),
        ({"overordnetEnhet": "12"}, "overordnetEnhet", "12"),
    ],
)
def test_a_wrong_value_is_named_with_its_field_and_place(
    bulk_of: BulkOf, company: Record, change: Record, field: str, value: str
) -> None:
    good, rejected = units_in(bulk_of(company, company | change))
    assert isinstance(good, Unit)
    assert isinstance(rejected, Rejected)
    assert (rejected.position, rejected.field, rejected.value) == (2, field, value)
    assert rejected.message.endswith(".")


def test_a_personal_number_in_a_file_is_masked(bulk_of: BulkOf, company: Record) -> None:
    rejected = only(bulk_of(company | {"organisasjonsnummer": "01819000049"}))
    assert isinstance(rejected, Rejected)
    assert "01819000049" not in repr(rejected)


def test_one_bad_unit_stops_nobody(bulk_of: BulkOf, company: Record) -> None:
    found = units_in(bulk_of(company, {"organisasjonsnummer": "1"}, company))
    assert [type(unit) for unit in found] == [Unit, Rejected, Unit]


def test_numbers_that_came_as_text_are_read(bulk_of: BulkOf, company: Record) -> None:
    unit = only(bulk_of(company | {"antallAnsatte": "12", "konkurs": "false", "navn": 12345}))
    assert isinstance(unit, Unit)
    assert (unit.employees, unit.bankrupt, unit.name) == (12, False, "12345")


def test_fields_nobody_told_us_of_are_passed_over(bulk_of: BulkOf, company: Record) -> None:
    assert only(bulk_of(company | {"nyttFelt": [{"a": 1}]})) == only(bulk_of(company))


def test_invisible_characters_leave_a_name(bulk_of: BulkOf, company: Record) -> None:
    unit = only(bulk_of(company | {"navn": "FJELL\u00a0VIND\u200b\x00 AS"}))
    assert isinstance(unit, Unit)
    assert unit.name == "FJELL VIND AS"


def test_the_made_up_series_is_let_in_for_a_demonstration_only(bulk_of: BulkOf, company: Record) -> None:
    path = bulk_of(company | {"organisasjonsnummer": "211111119"})
    assert isinstance(units_in(path)[0], Rejected)
    assert isinstance(units_in(path, demo=True)[0], Unit)


def test_a_subunit_tells_where_it_lies_and_whose_it_is(bulk_of: BulkOf) -> None:
    record = {
        "organisasjonsnummer": "811111112",
        "navn": "FJELLVIND AVD ELVERUM",
        "organisasjonsform": {"kode": "BEDR", "beskrivelse": "Underenhet"},
        "overordnetEnhet": "974760673",
        "antallAnsatte": 7,
        "beliggenhetsadresse": {"adresse": ["Storgata 1", None], "kommunenummer": "3420"},
        "oppstartsdato": "2021-09-01",
        "nedleggelsesdato": "2026-01-31",
    }
    with open_bulk(bulk_of(record)) as bulk:
        assert bulk.kind == "subunits"
        (found,) = read_subunits(bulk)
    assert found == SubUnit(
        orgnr="811111112",
        name="FJELLVIND AVD ELVERUM",
        form_code="BEDR",
        parent="974760673",
        employees=7,
        location=Address(lines=("Storgata 1",), municipality_no="3420"),
        started_on=date(2021, 9, 1),
        closed_on=date(2026, 1, 31),
    )


def test_a_main_unit_is_no_subunit(bulk_of: BulkOf, company: Record) -> None:
    with open_bulk(bulk_of(company)) as bulk:
        (found,) = read_subunits(bulk)
    assert isinstance(found, Rejected)
