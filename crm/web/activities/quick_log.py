"""Logging in one line: what was typed is read, and every guess is a field that can be put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField

from crm import clock
from crm.activities.drafts import Subject
from crm.activities.models import Kind
from crm.companies import queries as companies
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.errors import NotFound
from crm.partners import queries as partners
from crm.search.quick_log import Guess, guess
from crm.web import logbox
from crm.web.formats import readable_name
from crm.web.forms import options
from crm.web.htmx import go, render
from crm.web.session import db


class QuickForm(logbox.LogForm):
    """The log box with whom it is about."""

    subject = SelectField(_l("Virksomhet eller partner"), validate_choice=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Whom a line is about: a company or a partner, with its page and its people."""

    subject: Subject
    name: str
    page: str
    people: Sequence[Contact]


def show(line: str) -> Response:
    """The line as it is read, for a swap or as a page; ``subject`` in the address overrules the guess."""
    read = guess(db(), line, today=clock.today())
    chosen = _chosen(read, request.args.get("subject", ""))
    place = _place(chosen) if chosen else None
    person = next((one for one in read.people if place and one in place.people), None)
    said = read.said
    form = QuickForm(
        kind=(said.kind or Kind.NOTE).value,
        outcome=said.outcome.value if said.outcome else "",
        text=said.about,
        contact_id=str(person.id) if person else "",
        on=said.happened_on,
        next_text=said.next_text,
        next_on=said.next_on,
        subject=chosen,
    )
    return _render(line, form, place, read=read)


def take(line: str) -> AnyResponse:
    """Log it, and open the page it was logged on; with the complaints when it cannot be."""
    form = QuickForm.posted()
    chosen = form.subject.data or ""
    place = _place(chosen) if chosen else None
    if place is None:
        form.subject.errors = [gettext("Velg hvem det gjelder.")]
        return _render(line, form, None, status=422)
    _offer(form, place)
    if not logbox.take(place.subject, form, place.people):
        return _render(line, form, place, status=422)
    flash(gettext("Logget på %(name)s.", name=place.name))
    return go(place.page)


def _render(
    line: str, form: QuickForm, place: Place | None, *, read: Guess | None = None, status: int = 200
) -> Response:
    read = read or guess(db(), line, today=clock.today())
    _offer(form, place)
    form.subject.choices = options(
        {"": gettext("Ingen funnet. Skriv navnet i linja.")} | _subjects(read, form, place)
    )
    return render(
        "activities/new.html",
        fragment="activities/_guess.html",
        line=line,
        form=form,
        near_days=logbox.near_days(clock.today()),
        found=[],
        recent=[],
        status=status,
    )


def _offer(form: QuickForm, place: Place | None) -> None:
    """Fill the choices of persons and colleagues."""
    logbox.with_choices(form, place.people if place else [])


def _subjects(read: Guess, form: QuickForm, place: Place | None) -> dict[str, str]:
    named = {f"company:{company.id}": readable_name(company.name) for company in read.companies}
    named |= {f"partner:{partner.id}": partner.name for partner in read.partners}
    return named if not place else {form.subject.data: place.name} | named


def _chosen(read: Guess, asked: str) -> str:
    """The asked one, else the likeliest company, else the likeliest partner; empty where there is none."""
    if asked:
        return asked
    if read.companies:
        return f"company:{read.companies[0].id}"
    return f"partner:{read.partners[0].id}" if read.partners else ""


def _place(chosen: str) -> Place:
    """What a choice stands for; NotFound for anything else."""
    kind, _colon, number = chosen.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        raise NotFound("Fant ikke virksomheten. Den kan være slettet.")
    if kind == "partner":
        partner = partners.get_partner(db(), int(number))
        page = url_for("partners.show", partner_id=partner.id)
        return Place(
            Subject(partner_id=partner.id), partner.name, page, [role.contact for role in partner.roles]
        )
    company = companies.get_company(db(), int(number))
    people = [role.contact for role in db().scalars(contacts.at_company(company.id))]
    page = url_for("companies.show", company_id=company.id)
    return Place(Subject(company_id=company.id), readable_name(company.name), page, people)
