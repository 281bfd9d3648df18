"""Every column says what it holds of people, or the build fails and tells what to write where."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from crm.privacy import catalogue
from crm.privacy.catalogue import Erasure, Kind
from crm.privacy.purposes import HOLDINGS, PURPOSES, RULES
from crm.storage.base import Base, table_named

ROOT = Path(__file__).parents[2]
for room in sorted((ROOT / "crm").glob("*/models.py")):
    import_module(f"crm.{room.parent.name}.models")

WHERE = "crm/privacy/data/fields.toml"
EXAMPLE = """[{table}]
purpose = "<{purposes}>"
keep = "<{rules}>"
none.stay = "<columns that say nothing of people>"
personal.mask = "<texts that may name somebody>"
personal.stay = "<whose work it was>"   # the words to choose from stand at the top of the file"""
COLUMNS = {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns}


def _told(table: str) -> str:
    words = {"purposes": " | ".join(PURPOSES), "rules": " | ".join(RULES)}
    return EXAMPLE.format(table=table, **words)


def test_every_column_is_declared():
    missing = sorted(COLUMNS - set(catalogue.fields()))
    told = "\n".join(f"  {table}.{column}" for table, column in missing)
    shown = _told(missing[0][0]) if missing else ""
    assert not missing, f"Add these columns to {WHERE}, under their table:\n{told}\nlike this:\n{shown}"


def test_no_column_is_declared_that_is_not_there():
    gone = sorted(set(catalogue.fields()) - COLUMNS)
    assert gone == [], f"Take these out of {WHERE}"


@pytest.mark.parametrize("table", sorted({table for table, _column in catalogue.fields()}))
def test_a_table_has_a_purpose_and_a_rule_that_exist(table: str):
    declared = [field for field in catalogue.fields().values() if field.table == table]
    assert {field.purpose for field in declared} <= set(PURPOSES), _told(table)
    assert {field.keep for field in declared} <= set(RULES), _told(table)
    assert HOLDINGS.get(table), f"say what stands in {table} in HOLDINGS, crm/privacy/purposes.py"


def test_what_can_be_masked_can_be_read_as_text():
    maskable = {"VARCHAR", "TEXT", "JSON", "BLOB", "STRING"}
    for field in catalogue.fields().values():
        if field.erasure is Erasure.MASK:
            column = table_named(field.table).columns[field.column]
            assert str(column.type).split("(")[0].upper() in maskable, f"{field.table}.{field.column}"


def test_a_reference_that_is_cut_points_to_something_and_what_is_secret_is_never_masked():
    for field in catalogue.fields().values():
        column = table_named(field.table).columns[field.column]
        assert field.erasure is not Erasure.UNLINK or column.foreign_keys, f"{field.table}.{field.column}"
        assert field.kind is not Kind.SECRET or field.erasure is Erasure.STAY


def test_every_reference_to_a_person_is_cut_or_known_to_stay():
    for (table, name), field in catalogue.fields().items():
        column = table_named(table).columns[name]
        if any(key.column.table.name in {"contacts", "users"} for key in column.foreign_keys):
            assert field.kind is Kind.PERSONAL, f"{table}.{name} points to a person"
