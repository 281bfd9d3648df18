"""The register's own files, where they are at hand, and the standard their codes are of."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from crm.sources.bulk import open_bulk
from crm.sources.industry_standard import ONLY_SN2007, ONLY_SN2025, guess_standard
from crm.sources.unit_reading import read_subunits, read_units
from crm.sources.units import PERSONAL_FORMS, Address, SubUnit, Unit

pytestmark = pytest.mark.realdata


def units_of(path: Path) -> list[Unit]:
    with open_bulk(str(path)) as bulk:
        found = list(read_units(bulk))
    units = [unit for unit in found if isinstance(unit, Unit)]
    assert len(units) == len(found)
    return units


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("2023-enheter.json.gz", 1096),
        ("2024-enheter.json.gz", 1347),
        ("2024-enheter.csv.gz", 1347),
        ("enheter-selection.json.gz", 1536),
        ("konsern-enheter.json.gz", 10),
    ],
)
def test_every_real_unit_is_read(shared_data: Path, name: str, count: int) -> None:
    assert len(units_of(shared_data / "register" / name)) == count


def test_every_real_subunit_is_read_and_has_a_parent(shared_data: Path) -> None:
    with open_bulk(str(shared_data / "register" / "2024-underenheter.json.gz")) as bulk:
        assert bulk.kind == "subunits"
        found = list(read_subunits(bulk))
    assert len(found) == 1158
    assert all(isinstance(unit, SubUnit) and unit.parent for unit in found)
    assert sum(isinstance(unit, SubUnit) and unit.location is not None for unit in found) > 1000


def on_one_line(address: Address | None) -> Address | None:
    """The JSON sample joined the lines that the CSV still parts."""
    return replace(address, lines=(" ".join(address.lines),)) if address else None


def comparable(unit: Unit) -> Unit:
    """A unit as both samples tell it; the JSON was made with line breaks seen also in a web address."""
    return replace(
        unit,
        home_page=unit.home_page and unit.home_page.replace("/n", " "),
        business_address=on_one_line(unit.business_address),
        postal_address=on_one_line(unit.postal_address),
    )


def test_json_and_csv_of_the_same_day_give_equal_units(shared_data: Path) -> None:
    from_json = units_of(shared_data / "register" / "2024-enheter.json.gz")
    from_csv = units_of(shared_data / "register" / "2024-enheter.csv.gz")
    assert list(map(comparable, from_csv)) == list(map(comparable, from_json))


@pytest.mark.parametrize("name", ["brreg_enhet_923609016.json", "brreg_enheter_search_asa_page0_size5.json"])
def test_answers_of_the_api_are_read_as_files(shared_data: Path, name: str) -> None:
    units = units_of(shared_data / "samples" / name)
    assert all(unit.form_code == "ASA" and unit.capital and unit.purpose for unit in units)


def test_files_from_before_the_switch_are_sn2007(shared_data: Path) -> None:
    units = units_of(shared_data / "register" / "2024-enheter.json.gz")
    codes = [industry.code for unit in units for industry in unit.industries]
    assert guess_standard(codes) == "SN2007"
    assert not ONLY_SN2025.intersection(codes)


def test_the_short_lists_agree_with_statistics_norway(shared_data: Path) -> None:
    with (shared_data / "nace_sn2025_codes.csv").open(encoding="utf-8") as file:
        new = {row["code"] for row in csv.DictReader(file)}
    with (shared_data / "nace_sn2007_to_sn2025.csv").open(encoding="utf-8") as file:
        pairs = [(row["sn2007_code"], row["sn2025_code"]) for row in csv.DictReader(file)]
    old = {source for source, _ in pairs}
    assert old - new >= ONLY_SN2007
    assert new - old >= ONLY_SN2025
    assert {target for _, target in pairs} >= ONLY_SN2025


def test_personal_forms_are_forms_of_the_register(shared_data: Path) -> None:
    with (shared_data / "brreg_legal_forms.csv").open(encoding="utf-8") as file:
        assert {row["code"] for row in csv.DictReader(file)} >= PERSONAL_FORMS
