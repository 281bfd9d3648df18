"""The parts of the site, in the order of its menu."""

from __future__ import annotations

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm import clock
from crm.web.about.views import blueprint as about
from crm.web.accounts.views import blueprint as accounts
from crm.web.activities.views import blueprint as activities
from crm.web.board.views import blueprint as board
from crm.web.calendars.views import blueprint as calendars
from crm.web.campaigns.views import blueprint as campaigns
from crm.web.cells.views import blueprint as cells
from crm.web.changes.views import blueprint as changes
from crm.web.companies.views import blueprint as companies
from crm.web.contacts.views import blueprint as contacts
from crm.web.duplicates.merges import blueprint as merges
from crm.web.duplicates.views import blueprint as duplicates
from crm.web.events.views import blueprint as events
from crm.web.exchange.imports import blueprint as imports
from crm.web.exchange.views import blueprint as exchange
from crm.web.fields.views import blueprint as fields
from crm.web.health.views import blueprint as health
from crm.web.logbox import near_days
from crm.web.mail.views import blueprint as mail
from crm.web.matches.views import blueprint as matches
from crm.web.metrics.views import blueprint as metrics
from crm.web.needs.views import blueprint as needs
from crm.web.partners.views import blueprint as partners
from crm.web.privacy.touches import blueprint as privacy
from crm.web.prospects.spots import blueprint as white_spots
from crm.web.prospects.views import blueprint as prospects
from crm.web.register.views import blueprint as register
from crm.web.reporting.views import blueprint as reporting
from crm.web.saved.views import blueprint as saved
from crm.web.search.views import blueprint as search
from crm.web.start.views import blueprint as start
from crm.web.timeline.views import blueprint as timeline
from crm.web.upkeep.views import blueprint as upkeep
from crm.web.week.views import blueprint as week

_PARTS = (
    week,
    companies,
    timeline,
    board,
    calendars,
    changes,
    saved,
    contacts,
    duplicates,
    merges,
    partners,
    needs,
    prospects,
    white_spots,
    register,
    matches,
    activities,
    events,
    search,
    exchange,
    reporting,
    fields,
    campaigns,
    cells,
    privacy,
    imports,
    accounts,
    mail,
    start,
    about,
    health,
    metrics,
    upkeep,
)


def navigation() -> list[tuple[str, LazyString]]:
    """The main menu: endpoint and name."""
    return [
        ("week.index", _l("Min uke")),
        ("companies.index", _l("Virksomheter")),
        ("contacts.index", _l("Personer")),
        ("partners.index", _l("Partnere")),
        ("needs.index", _l("Behov")),
        ("matches.index", _l("Forslag")),
        ("activities.index", _l("Logg")),
    ]


def install(app: Flask) -> None:
    for part in _PARTS:
        app.register_blueprint(part)
    app.jinja_env.globals.update(navigation=navigation, next_days=lambda: near_days(clock.today()))
