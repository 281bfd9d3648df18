"""Privacy: finding a person everywhere, and the page of all we keep of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from crm import clock
from crm.accounts.permissions import Permission
from crm.consents import queries as consents
from crm.consents.models import Address
from crm.contacts.models import Contact
from crm.errors import NotFound
from crm.privacy import erasing, expiring, finding, freezing, operations
from crm.privacy.likeness import Likeness
from crm.privacy.models import Act
from crm.privacy.places import gather
from crm.privacy.purposes import HOLDINGS, RULES
from crm.web.access import actor_id, allowed, requires
from crm.web.forms import CrmForm, complaints_to
from crm.web.htmx import render
from crm.web.paging import page_of
from crm.web.privacy import addresses
from crm.web.privacy.forms import ABOUT, BASES, CHANNELS, ConsentForm, FindForm, HoldForm, ReasonForm
from crm.web.session import begin_writing, database, db

blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")


@blueprint.get("/")
@requires(Permission.PRIVACY_FIND)
def index() -> Response:
    frozen = freezing.restrictions(db()) if allowed(Permission.PRIVACY_ERASE) else []
    return render("privacy/index.html", form=FindForm(), frozen=frozen)


@blueprint.get("/kept")
@requires(Permission.PRIVACY_FIND)
def kept() -> Response:
    """How long everything is kept, what goes tonight, and persons nobody has talked with for long."""
    now = clock.now()
    return render(
        "privacy/kept.html",
        rules=RULES,
        holdings=HOLDINGS,
        due=expiring.outdated(db(), now=now),
        last=expiring.last_run(db()),
        page=page_of(db(), expiring.long_kept(now), total=expiring.count_long_kept(db(), now=now)),
    )


@blueprint.post("/find")
@requires(Permission.PRIVACY_FIND)
def find() -> Response:
    """Whom was asked for stands in the body, so that no address and no log has it."""
    form = FindForm.posted()
    if form.validate():
        with complaints_to(form):
            return render("privacy/found.html", form=form, **_found(form.draft()))
    return render("privacy/index.html", form=form, frozen=[], status=422)


@blueprint.get("/persons/<int:contact_id>")
@requires(Permission.PRIVACY_FIND)
def person(contact_id: int) -> Response:
    """Everything we keep of a contact person; that somebody looked is written down."""
    contact = begin_writing().get(Contact, contact_id)
    if contact is None or (contact.restricted and not allowed(Permission.PRIVACY_ERASE)):
        raise NotFound("Fant ikke personen. Oppføringen kan være slettet.")
    db().rollback()
    return shown(contact)


def shown(contact: Contact, **forms: CrmForm) -> Response:
    """A person's page, with the form that was refused, if any."""
    answer = _found(erasing.likeness(db(), contact))
    status = 422 if any(form.all_errors for form in forms.values()) else 200
    given = {"reason": ReasonForm(), "hold": HoldForm(), "consent": ConsentForm(), **forms}
    return render(
        "privacy/person.html",
        contact=contact,
        called=erasing.likeness(db(), contact).names,
        held=erasing.held(db(), contact.id),
        frozen=freezing.restriction_of(db(), contact.id),
        consents=consents.consents_of(db(), contact.id),
        shut=_shut(contact),
        forms=given,
        about=ABOUT,
        channels=CHANNELS,
        bases=BASES,
        status=status,
        **answer,
    )


def _shut(contact: Contact) -> list[str]:
    """Those of a person's addresses that nothing may be sent to."""
    emails = consents.suppressed(db(), Address.EMAIL, [contact.email or ""])
    return sorted(emails | consents.suppressed(db(), Address.PHONE, [contact.phone or ""]))


def _found(likeness: Likeness) -> dict[str, Any]:
    """What was found; looked for without holding up those who write. That somebody looked is written down."""
    with database().Read() as reading:
        hits = finding.find(reading, likeness)
        gathered = gather(hits)
        pages = addresses.pages_of(reading, gathered)
    people = sorted({hit.key[0] for hit in hits if hit.field.table == Contact.__tablename__})
    act = Act.VIEW if likeness.contact_id else Act.SEARCH
    operations.note_access(db(), actor_id(), act, subject=Contact.__tablename__, ids=people, now=clock.now())
    db().commit()
    rows = sum(each.rows for each in gathered)
    return {"people": people, "gathered": gathered, "pages": pages, "rows": rows}
