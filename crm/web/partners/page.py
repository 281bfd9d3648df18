"""What the page of one partner shows, gathered in a handful of questions."""

from __future__ import annotations

from flask import Response, request, url_for

from crm import clock
from crm.activities.drafts import Subject
from crm.codes import queries as codes
from crm.contacts.models import Contact
from crm.matches import queries as matches
from crm.partners import queries
from crm.partners.models import Partner
from crm.segments import queries as segments
from crm.web import logbox
from crm.web.htmx import render
from crm.web.paging import asked_number
from crm.web.partners.forms import OfferForm
from crm.web.session import db


def people_at(partner: Partner) -> list[Contact]:
    """The persons we know at a partner, by name."""
    return sorted((role.contact for role in partner.roles), key=lambda person: person.sort_key)


def show(partner: Partner, *, log: logbox.LogForm | None = None, offer: OfferForm | None = None) -> Response:
    """The partner's page, with a form as it was posted where something must be put right."""
    form = log or logbox.new_form(people_at(partner))
    today = clock.today()
    needs = sorted(partner.needs, key=lambda need: need.sort_key)
    refused = any(posted and posted.all_errors for posted in (log, offer))
    return render(
        "partners/show.html",
        partner=partner,
        open_needs=[need for need in needs if need.open_on(today)],
        past_needs=[need for need in needs if not need.open_on(today)],
        awaiting=matches.awaiting_of_needs(db(), [need.id for need in needs]),
        roles=sorted(partner.roles, key=lambda role: role.contact.sort_key),
        offers=db().scalars(queries.offers_of_partner(partner.id)).all(),
        segments=db().scalars(segments.segments()).all(),
        municipality=codes.municipality_names(db(), [partner.municipality_no]).get(
            partner.municipality_no or ""
        ),
        panel=logbox.panel(
            Subject(partner_id=partner.id), form, address=url_for("partners.log", partner_id=partner.id)
        ),
        offer_form=offer or OfferForm(prefix="offer-"),
        undo=asked_number("undo") if request.method == "GET" else None,
        status=422 if refused else 200,
    )
