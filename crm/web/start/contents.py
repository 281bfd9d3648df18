"""What the page of the first steps shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.demo import belongings
from crm.demo.belongings import Own
from crm.registry import queries as registry
from crm.registry.models import LoadState, RegisterLoad
from crm.segments import queries as segments
from crm.segments.models import Segment
from crm.settings import Settings
from crm.web.session import db

_LOADS_SHOWN = 5
BULK_FILE = "https://data.brreg.no/enhetsregisteret/api/enheter/lastned"
LOAD_KINDS: dict[str, LazyString] = {
    "units": _l("Enheter fra fil"),
    "subunits": _l("Underenheter fra fil"),
    "segments": _l("Virksomheter i satsingsområdene"),
    "deltas": _l("Endringer"),
    "whole": _l("Hele registeret"),
}
LOAD_STATES: dict[LoadState, LazyString] = {
    LoadState.WAITING: _l("Venter på tur"),
    LoadState.RUNNING: _l("Henter"),
    LoadState.DONE: _l("Ferdig"),
    LoadState.FAILED: _l("Stoppet"),
}


@dataclass(frozen=True, slots=True)
class Register:
    """The mirror of the register: how much there is, how fresh, and what was last taken in."""

    units: int
    newest: RegisterLoad | None
    loads: Sequence[RegisterLoad]
    fetching: bool


@dataclass(frozen=True, slots=True)
class Beginnings:
    demo: dict[str, int]
    own: Own
    register: Register
    segments: Sequence[Segment]


def beginnings() -> Beginnings:
    return Beginnings(
        demo=belongings.counts(db()),
        own=belongings.own(db()),
        register=register(),
        segments=db().scalars(segments.with_industries()).all(),
    )


def register() -> Register:
    return Register(
        units=registry.count_units(db()),
        newest=registry.last_load(db()),
        loads=db().scalars(registry.loads().limit(_LOADS_SHOWN)).all(),
        fetching=registry.is_fetching(db()),
    )


def settings() -> Settings:
    return cast("Settings", current_app.extensions["crm.settings"])
