"""Privacy: who saw and changed which records from one day to another, for when something leaked."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Response, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import InvalidInput
from crm.privacy import queries
from crm.privacy.models import Act
from crm.web.access import requires
from crm.web.forms import CrmForm, DayField, options
from crm.web.htmx import render
from crm.web.privacy.persons import blueprint
from crm.web.session import db

__all__ = ["blueprint"]
_MOST = 500
SUBJECTS: dict[str, LazyString] = {
    "contacts": _l("Personer"),
    "companies": _l("Virksomheter"),
    "leads": _l("Saker"),
    "partners": _l("Partnere"),
    "activities": _l("Loggen"),
    "needs": _l("Behov"),
}
ACTS: dict[str, LazyString] = {
    Act.ACCESS_FILE: _l("laget innsynsfil"),
    Act.EXPORT: _l("tok ut liste"),
    Act.LIST: _l("så liste"),
    Act.SEARCH: _l("søkte i personvern"),
    Act.VIEW: _l("så alt om personen"),
}


class TouchForm(CrmForm):
    """Which records, and when."""

    subject = SelectField(_l("Hva?"), choices=options(SUBJECTS))
    ids = StringField(_l("Numrene, med komma mellom"), [Length(max=4000)])
    since = DayField(_l("Fra og med"))
    until = DayField(_l("Til og med"))


@blueprint.get("/touched")
@requires(Permission.PRIVACY_FIND)
def touched() -> Response:
    form = TouchForm(request.args)
    found: list[queries.Touch] = []
    if request.args and form.validate():
        try:
            found = queries.touched(db(), form.subject.data or "", _ids(form.ids.data or ""), **_span(form))
        except InvalidInput as error:
            form.show(error)
    return render(
        "privacy/touched.html",
        form=form,
        found=found,
        asked=bool(request.args),
        acts=ACTS,
        status=422 if form.all_errors else 200,
    )


def _span(form: TouchForm) -> dict[str, datetime]:
    """Whole days in Norway; the last week where none are given."""
    last = form.until.data or clock.today()
    first = form.since.data or last - timedelta(days=7)
    if first > last:
        raise InvalidInput("Den første dagen må komme før den siste.", field="since")
    midnight = [datetime.combine(day, time(), tzinfo=clock.OSLO) for day in (first, last + timedelta(days=1))]
    return {"since": midnight[0], "until": midnight[1]}


def _ids(text: str) -> list[int]:
    parts = text.replace(",", " ").split()
    if any(not part.isascii() or not part.isdigit() or len(part) > 9 for part in parts) or len(parts) > _MOST:
        raise InvalidInput("Skriv tall med komma mellom, høyst 500.", field="ids")
    return [int(part) for part in parts]
