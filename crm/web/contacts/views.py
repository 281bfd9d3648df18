"""Pages of contact persons: the list, one person to read, roles, what the law asks, and forgetting."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities import queries as activities
from crm.activities.models import Activity
from crm.contacts import operations, queries
from crm.contacts.drafts import ContactDraft
from crm.contacts.models import Contact
from crm.duplicates.models import Kind
from crm.errors import NotFound
from crm.fields.models import Subject
from crm.partners import queries as partners
from crm.spelling import tidy
from crm.web import alike, own
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.contacts import places
from crm.web.contacts.forms import ContactForm, EditContactForm, RoleForm
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.led_on import led_on
from crm.web.paging import asked_number, page_of
from crm.web.session import db

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")
_LOG_LINES = 10


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    q = tidy(request.args.get("q", ""))[:100]
    shown = page_of(db(), queries.contacts(q), total=queries.count_contacts(db(), q))
    held = partners.roles_of_contacts(db(), [person.id for person in shown.rows])
    return render("contacts/index.html", fragment="contacts/_rows.html", page=shown, q=q, at_partners=held)


@blueprint.get("/<int:contact_id>")
@requires(Permission.COMPANY_READ)
def show(contact_id: int) -> AnyResponse:
    try:
        contact = queries.get_contact(db(), contact_id)
    except NotFound as error:
        return led_on(Kind.CONTACT, contact_id, error)
    return _show(contact, RoleForm(title=request.args.get("title", "")[:200]))


def _show(contact: Contact, form: RoleForm) -> Response:
    lines = activities.activities().where(Activity.contact_id == contact.id).limit(_LOG_LINES)
    looked_for = tidy(request.args.get("place", ""))[:100]
    return render(
        "contacts/show.html",
        contact=contact,
        held=places.of_contact(contact),
        past=db().scalars(queries.past_of(contact.id)).all(),
        log=db().scalars(lines).all(),
        needs=db().scalars(partners.needs_of_contact(contact.id)).all(),
        looked_for=looked_for,
        hits=places.found(looked_for),
        place=places.asked(),
        own=own.panel(Subject.CONTACT, contact.id, contact.version),
        form=form,
        status=422 if form.all_errors else 200,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def new() -> AnyResponse:
    """A new person, with a role at the company or partner in the address."""
    place, form = places.asked(), ContactForm.posted()
    hints: list[alike.Hint] = []
    if request.method == "GET":
        form.name.data = tidy(request.args.get("name", ""))[:200]
    elif form.validate():
        with complaints_to(form):
            draft = form.draft()
            hints = alike.unseen(alike.persons(form.data, company_id=asked_number("company")))
            if not hints:
                return _create(draft, place)
    refused = bool(form.all_errors or hints)
    place = places.asked()
    return render("contacts/new.html", form=form, place=place, hints=hints, status=422 if refused else 200)


def _create(draft: ContactDraft, place: places.Place | None) -> AnyResponse:
    contact = operations.create_contact(db(), actor_id(), draft)
    if place:
        place.take_in(contact, draft.title)
    db().commit()
    flash(gettext("%(name)s er lagret.", name=contact.name))
    return go(place.page if place else url_for("contacts.show", contact_id=contact.id))


@blueprint.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def edit(contact_id: int) -> AnyResponse:
    contact = queries.get_contact(db(), contact_id)
    form = EditContactForm.of(contact)
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            operations.update_contact(db(), actor_id(), contact, form.draft(), seen=form.version.data)
            db().commit()
            return go(url_for("contacts.show", contact_id=contact_id))
    stored = queries.get_contact(db(), contact_id)
    return render("contacts/edit.html", form=form, contact=stored, status=422 if form.all_errors else 200)


@blueprint.post("/<int:contact_id>/roles")
@requires(Permission.COMPANY_WRITE)
def add_role(contact_id: int) -> AnyResponse:
    """Give a person a role at the company or partner in the address, or another title there."""
    contact, place, form = queries.get_contact(db(), contact_id), places.needed(), RoleForm.posted()
    if not form.validate():
        return _show(contact, form)
    place.take_in(contact, tidy(form.title.data or ""))
    db().commit()
    flash(gettext("%(name)s har nå en rolle hos %(place)s.", name=contact.name, place=place.name))
    here = url_for("contacts.show", contact_id=contact_id)
    return go(own_path(request.form.get("next", ""), otherwise=here))


@blueprint.post("/<int:contact_id>/roles/remove")
@requires(Permission.COMPANY_WRITE)
def remove_role(contact_id: int) -> AnyResponse:
    """End a role; the page then stands ready to give it back."""
    place = places.needed()
    title = place.let_go(queries.get_contact(db(), contact_id))
    db().commit()
    flash(gettext("Rollen hos %(place)s er fjernet. Angre nederst under Roller.", place=place.name))
    return go(url_for("contacts.show", contact_id=contact_id, title=title, **place.key))


@blueprint.post("/<int:contact_id>/roles/leave")
@requires(Permission.COMPANY_WRITE)
def leave(contact_id: int) -> AnyResponse:
    """The person has left the company in the address; where they were is kept."""
    contact = queries.get_contact(db(), contact_id)
    place = places.left(contact, asked_number("company"))
    db().commit()
    flash(gettext("%(name)s har sluttet hos %(place)s.", name=contact.name, place=place))
    return go(url_for("contacts.show", contact_id=contact_id))


@blueprint.post("/<int:contact_id>/roles/<int:past_id>/back")
@requires(Permission.COMPANY_WRITE)
def come_back(contact_id: int, past_id: int) -> AnyResponse:
    contact = queries.get_contact(db(), contact_id)
    operations.come_back(db(), actor_id(), contact, queries.get_past(db(), contact_id, past_id))
    db().commit()
    return go(url_for("contacts.show", contact_id=contact_id))


@blueprint.post("/<int:contact_id>/informed")
@requires(Permission.COMPANY_WRITE)
def informed(contact_id: int) -> AnyResponse:
    """The person has been told today that we keep the name, and why."""
    contact = queries.get_contact(db(), contact_id)
    operations.mark_informed(db(), actor_id(), contact, on=clock.today())
    db().commit()
    return go(url_for("contacts.show", contact_id=contact_id))


@blueprint.post("/<int:contact_id>/informed/undo")
@requires(Permission.COMPANY_WRITE)
def not_informed(contact_id: int) -> AnyResponse:
    contact = queries.get_contact(db(), contact_id)
    operations.mark_informed(db(), actor_id(), contact, on=None)
    db().commit()
    return go(url_for("contacts.show", contact_id=contact_id))


@blueprint.route("/<int:contact_id>/delete", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def delete(contact_id: int) -> AnyResponse:
    """Say what goes and what stays; forget the person on the second press."""
    contact = queries.get_contact(db(), contact_id)
    if request.method == "POST":
        operations.delete_contact(db(), actor_id(), contact)
        db().commit()
        flash(gettext("Personen er slettet."))
        return go(url_for("contacts.index"))
    lines = db().scalar(select(func.count(Activity.id)).where(Activity.contact_id == contact_id)) or 0
    return render("contacts/delete.html", contact=contact, lines=lines)
