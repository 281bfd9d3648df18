"""Where a company already works in the municipality that is ours, as its sub-units tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app

from crm.codes import queries as codes
from crm.registry import queries as registry
from crm.registry.models import SubUnit
from crm.settings import Settings
from crm.web.session import db


@dataclass(frozen=True, slots=True)
class AtHome:
    """The workplaces of a company in our municipality, and what that is called."""

    municipality: str
    workplaces: Sequence[SubUnit]


def at_home(orgnr: str | None) -> AtHome | None:
    """A company's workplaces with us; None where it has none."""
    home = cast("Settings", current_app.extensions["crm.settings"]).home_municipality
    found = db().scalars(registry.workplaces_in(orgnr, home)).all() if orgnr else []
    if not found:
        return None
    named = codes.municipality_names(db(), [home])
    return AtHome(named.get(home) or found[0].municipality or home, found)
