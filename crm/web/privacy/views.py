"""Privacy: finding a person everywhere."""

from __future__ import annotations

from flask import Blueprint, Response

from crm import clock
from crm.accounts.permissions import Permission
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.privacy import finding, operations
from crm.privacy.likeness import Likeness
from crm.privacy.models import Act
from crm.privacy.places import gather
from crm.web.access import actor_id, requires
from crm.web.forms import complaints_to
from crm.web.htmx import render
from crm.web.privacy import addresses
from crm.web.privacy.forms import FindForm
from crm.web.session import begin_writing, database, db

blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")


@blueprint.get("/")
@requires(Permission.PRIVACY_FIND)
def index() -> Response:
    return render("privacy/index.html", form=FindForm())


@blueprint.post("/find")
@requires(Permission.PRIVACY_FIND)
def find() -> Response:
    """Whom was asked for stands in the body, so that no address and no log has it."""
    form = FindForm.posted()
    if form.validate():
        with complaints_to(form):
            return _shown(form.draft(), form=form)
    return render("privacy/index.html", form=form, status=422)


@blueprint.get("/persons/<int:contact_id>")
@requires(Permission.PRIVACY_FIND)
def person(contact_id: int) -> Response:
    """Everything we keep of a contact person; that somebody looked is written down."""
    with database().Read() as reading:
        contact = contacts.get_contact(reading, contact_id)
    begin_writing()
    return _shown(finding.likeness_of(contact), contact=contact)


def _shown(likeness: Likeness, *, form: FindForm | None = None, contact: Contact | None = None) -> Response:
    """What was found; looked for without holding up those who write."""
    with database().Read() as reading:
        hits = finding.find(reading, likeness)
        gathered = gather(hits)
        pages = addresses.pages_of(reading, gathered)
    people = sorted({hit.key[0] for hit in hits if hit.field.table == Contact.__tablename__})
    act = Act.VIEW if contact else Act.SEARCH
    operations.note_access(db(), actor_id(), act, subject=Contact.__tablename__, ids=people, now=clock.now())
    db().commit()
    return render(
        "privacy/found.html",
        form=form,
        contact=contact,
        people=people,
        gathered=gathered,
        rows=sum(each.rows for each in gathered),
        pages=pages,
    )
