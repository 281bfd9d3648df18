"""A route whose right is not written down in the table fails the build."""

from __future__ import annotations

from flask import Flask

from crm.web.access import rule_of
from tests.house import rights


def test_the_table_of_rights_names_every_route_and_no_other():
    told, declared = {endpoint for endpoint, _method in rights.routes()}, set(rights.declared())
    assert sorted(told - declared) == [], "write these routes into tests/house/rights.py"
    assert sorted(declared - told) == [], "these routes are gone: take them out of tests/house/rights.py"


def test_each_route_asks_for_what_the_table_says(app: Flask):
    asked = {endpoint: rule_of(app.view_functions[endpoint]) for endpoint in rights.declared()}
    assert asked == rights.declared()
