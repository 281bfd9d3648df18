"""The log box: one box that logs what happened and what comes next, on every page that has a log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import Length
from wtforms.validators import Optional as MayBeEmpty

from crm import clock
from crm.accounts import queries as accounts
from crm.activities import operations, queries
from crm.activities.drafts import ActivityDraft, FollowUpDraft, Subject, activity_draft, follow_up_draft
from crm.activities.models import Activity, FollowUp, Kind, Outcome
from crm.contacts.models import Contact
from crm.errors import InvalidInput
from crm.web.access import actor_id
from crm.web.forms import CrmForm, DayField, OnceField, complaints_to, options
from crm.web.session import db
from crm.web.words import KINDS, OUTCOMES
from crm.workdays import next_workday

_SHOWN = 40


class LogForm(CrmForm):
    """What happened, with whom, how it went, and the next step."""

    form_key = OnceField()
    kind = RadioField(
        _l("Hva"), choices=options({kind.value: KINDS[kind] for kind in Kind}), default=Kind.CALL.value
    )
    text = TextAreaField(_l("Hva ble sagt?"), [Length(max=10_000)])
    outcome = SelectField(
        _l("Utfall"),
        choices=options({"": _l("Ikke valgt"), **{result.value: OUTCOMES[result] for result in Outcome}}),
        default="",
    )
    contact_id = SelectField(_l("Person"), choices=options({"": _l("Ingen valgt")}), validate_choice=False)
    on = DayField(_l("Dag"))
    at = TimeField(_l("Klokka"), [MayBeEmpty()])
    next_text = StringField(_l("Neste steg"), [Length(max=300)])
    next_on = DayField(_l("Når"))
    next_owner = SelectField(_l("Hvem"), validate_choice=False)

    def draft(self, people: Iterable[Contact]) -> ActivityDraft:
        """What was typed, as a draft; InvalidInput names the field."""
        moment = _moment(self.on.data, self.at.data)
        return activity_draft(
            kind=self.kind.data or "",
            happened_at=moment,
            now=clock.now(),
            text=self.text.data or "",
            outcome=self.outcome.data or "",
            contact_id=_one_of(self.contact_id.data, [person.id for person in people]),
            form_key=(self.form_key.data or "")[:64] or None,
            next_step=self._next_step(),
        )

    def _next_step(self) -> FollowUpDraft | None:
        if not (self.next_text.data or "").strip() and self.next_on.data is None:
            return None
        if self.next_on.data is None:
            raise InvalidInput("Velg når det neste steget skal gjøres.", field="next_on")
        owners = [user.id for user in db().scalars(accounts.colleagues())]
        return follow_up_draft(
            text=self.next_text.data or "",
            due_on=self.next_on.data,
            owner_id=_one_of(self.next_owner.data, owners) or actor_id(),
            today=clock.today(),
        )


@dataclass(frozen=True, slots=True)
class LogPanel:
    """What the log panel of a page shows."""

    form: LogForm
    address: str
    log: list[Activity]
    follow_ups: list[FollowUp]
    near_days: list[tuple[str, date]]


def new_form(people: Iterable[Contact]) -> LogForm:
    """The box, empty, or as it was posted."""
    return with_choices(LogForm.posted(), people)


def fresh_form(people: Iterable[Contact]) -> LogForm:
    """An empty box after a line was logged, with a key of its own."""
    return with_choices(LogForm(), people)


def with_choices(form: LogForm, people: Iterable[Contact]) -> LogForm:
    """The box with the persons and colleagues it offers."""
    names = {str(person.id): person.name for person in people}
    form.contact_id.choices = options({"": gettext("Ingen valgt")} | names)
    owners = db().scalars(accounts.colleagues())
    form.next_owner.choices = options({str(user.id): user.name for user in owners})
    form.next_owner.data = form.next_owner.data or str(current_user.user.id)
    return form


def panel(subject: Subject, form: LogForm, *, address: str) -> LogPanel:
    """The box with the log and the follow-ups of its subject."""
    return LogPanel(
        form=form,
        address=address,
        log=list(db().scalars(queries.log_of(subject).limit(_SHOWN))),
        follow_ups=list(db().scalars(queries.follow_ups_of(subject))),
        near_days=near_days(clock.today()),
    )


def take(subject: Subject, form: LogForm, people: Iterable[Contact]) -> bool:
    """Log what the box says; False, with the complaints on the form, when it cannot be."""
    if not form.validate():
        return False
    with complaints_to(form):
        operations.log_activity(db(), actor_id(), subject, form.draft(people))
        db().commit()
    return not form.all_errors


def near_days(today: date) -> list[tuple[str, date]]:
    """Days a next step is often put on, never in a weekend or on a public holiday."""
    wanted = {
        gettext("i morgen"): 1,
        gettext("om en uke"): 7,
        gettext("om to uker"): 14,
        gettext("om en måned"): 30,
    }
    return [(str(name), next_workday(today + timedelta(days=ahead))) for name, ahead in wanted.items()]


def _moment(day: date | None, hour: clock_time | None) -> datetime:
    """When it happened, in Norwegian time: now for today without an hour, noon for another day."""
    now = clock.now()
    if day is None or (day == clock.today() and hour is None):
        return now
    return datetime.combine(day, hour or clock_time(12), tzinfo=clock.OSLO).astimezone(now.tzinfo)


def _one_of(chosen: Any, known: list[int]) -> int | None:
    """A chosen number when it is one that may be chosen."""
    text = str(chosen or "")
    return int(text) if text.isascii() and text.isdigit() and int(text) in known else None
