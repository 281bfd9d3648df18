"""«Drift»: what an administrator must know of the installation, and what to do about each fault."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm import clock
from crm.accounts.permissions import Permission
from crm.jobs.queue import open_queue
from crm.settings import Settings
from crm.upkeep import doctor, queries
from crm.upkeep.doctor import Patient
from crm.upkeep.finding import Finding, Level
from crm.upkeep.models import BackupState, Duty
from crm.web.access import requires
from crm.web.htmx import render
from crm.web.session import database, db

blueprint = Blueprint("upkeep", __name__)

NAMES: dict[str, LazyString] = {
    "backup": _l("Sikkerhetskopi"),
    "clock": _l("Klokka"),
    "database": _l("Databasen"),
    "disk": _l("Disken"),
    "files": _l("Filer"),
    "key": _l("Nøkkelen"),
    "log": _l("Endringsloggen"),
    "mail": _l("E-post"),
    "models": _l("Det lærte"),
    "queue": _l("Køen"),
    "register": _l("Enhetsregisteret"),
    "round": _l("Ukas runde"),
    "rows": _l("Radene"),
    "schema": _l("Tabellene"),
    "sqlite": _l("SQLite"),
    "worker": _l("Arbeideren"),
    "writing": _l("Lagring"),
}
LEVELS: dict[Level, tuple[LazyString, str]] = {
    Level.FAULT: (_l("Feil"), "danger"),
    Level.NOTE: (_l("Merk"), "warning"),
}
STATES: dict[BackupState, tuple[LazyString, str]] = {
    BackupState.DONE: (_l("Ferdig"), "success"),
    BackupState.FAILED: (_l("Mislyktes"), "danger"),
    BackupState.RUNNING: (_l("Pågår"), "info"),
}
DUTIES: dict[Duty, LazyString] = {Duty.WEB: _l("Nettsider"), Duty.WORKER: _l("Arbeider")}


@blueprint.get("/operations/")
@requires(Permission.OPERATIONS_READ)
def index() -> Response:
    settings: Settings = current_app.extensions["crm.settings"]
    queue = open_queue(settings)
    now = clock.now()
    found = doctor.examine(Patient(settings, database(), now, queue.reach))
    said = [(one, *in_words(one)) for one in sorted(found, key=lambda one: one.level is not Level.FAULT)]
    return render(
        "upkeep/index.html",
        not_fine=[each for each in said if each[0].level is not Level.FINE],
        fine=[each for each in said if each[0].level is Level.FINE],
        faults=sum(one.level is Level.FAULT for one in found),
        nights=db().scalars(queries.nights()).all(),
        processes=[each for duty in Duty for each in db().scalars(queries.alive(duty, now=now))],
        keeps=(settings.backup_days, settings.backup_weeks),
        names=NAMES,
        levels=LEVELS,
        states=STATES,
        duties=DUTIES,
    )


def in_words(one: Finding) -> tuple[str, str]:
    """What was seen and what to do, in the reader's language."""
    values = {name: gettext(value) if name == "rule" else value for name, value in one.values.items()}
    return str(gettext(one.said, **values)), str(gettext(one.cure, **values)) if one.cure else ""
