"""No reference to a company or a person is forgotten when two are made one."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, LargeBinary, Table

import crm.app
import crm.consents.models  # noqa: F401
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.duplicates.references import LOOSE, references, unique_with
from crm.duplicates.settling import ALSO_ONE, CHOSEN, FOLLOW, PAIRS, REFUSED, RULES
from crm.storage.base import Base
from crm.web.duplicates.wording import MOVING

ROOTS = [Company.__table__, Contact.__table__]
SPARED = {
    "api_creations.record_id",  # what a program made under its own key; asked for again it is led on
    "merges.kept_id",  # the merge's own memory of which two there were
    "merges.lost_id",
}
NAMES = ("company_id", "contact_id", "lead_id", "record_id", "subject_id", "kept_id", "lost_id")


def reached() -> dict[str, Column[object]]:
    """Every column that points to a record that may be made one with another, by table and column."""
    found: dict[str, Column[object]] = {}
    waiting: list[Table] = list(ROOTS)
    seen: set[str] = set()
    while waiting:
        table = waiting.pop()
        seen.add(table.name)
        for column in references(table):
            name = f"{column.table.name}.{column.name}"
            found[name] = column
            if name in REFUSED or column.table.name in PAIRS:
                continue
            if unique_with(column) and "id" in column.table.c and column.table.name not in seen:
                waiting.append(column.table)
    return found


@pytest.mark.parametrize("name", sorted(reached()))
def test_every_reference_has_a_rule_and_a_name(name: str):
    column = reached()[name]
    table = column.table.name
    if name in REFUSED or table in PAIRS:
        return
    settled = table in {*RULES, *CHOSEN}
    assert settled or name in FOLLOW, (
        f"{name} points to what may be merged: if its rows simply follow, add it to FOLLOW in"
        " crm/duplicates/settling.py; else write a rule for two rows that become one in RULES there"
    )
    if unique_with(column):
        assert settled, f"{name} may exist but once: name a rule in RULES in crm/duplicates/settling.py"
    if any(column.references(root.c.id) for root in ROOTS):
        assert name in MOVING, (
            f"say in MOVING in crm/web/duplicates/wording.py what rows of {table} are called"
        )


def test_every_number_of_a_record_without_a_foreign_key_is_known():
    loose = {f"{table}.{column}" for table, column, _of, _kind in LOOSE}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if column.name in NAMES and not column.foreign_keys and name not in SPARED:
                assert name in loose, f"{name} holds a record's number: add it to LOOSE in references.py"


def test_rules_name_tables_that_are():
    assert {*RULES, *CHOSEN, *ALSO_ONE} <= set(Base.metadata.tables)
    assert {name.partition(".")[0] for name in FOLLOW} <= set(Base.metadata.tables)


def test_what_a_merge_removes_can_be_kept_as_json():
    tables = {column.table for column in reached().values()} | set(ROOTS)
    held = [column for table in tables for column in table.columns if isinstance(column.type, LargeBinary)]
    assert held == []
