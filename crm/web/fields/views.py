"""Own fields: making them, and filling them in on a company, a person or a need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.errors import InvalidInput
from crm.fields import operations, queries
from crm.fields.drafts import subject_of
from crm.fields.models import Subject
from crm.partners import queries as partners
from crm.partners.models import Need
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.fields.forms import FieldForm
from crm.web.fields.wording import KINDS, SUBJECTS
from crm.web.formats import readable_name
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.own import panel, typed_values
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("fields", __name__, url_prefix="/fields")
Record = Company | Contact | Need


@blueprint.route("/", methods=["GET", "POST"])
@requires(Permission.FIELD_WRITE)
def index() -> AnyResponse:
    """Every own field, and the form that makes another."""
    form = FieldForm.posted(subject=request.args.get("subject", Subject.COMPANY.value))
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            made = operations.create_field(
                db(), actor_id(), subject_of(form.subject.data or ""), form.draft()
            )
            db().commit()
            flash(gettext("Feltet «%(name)s» er laget.", name=made.name))
            return go(url_for("fields.index", subject=made.subject.value))
    return render(
        "fields/index.html",
        fields=db().scalars(queries.fields()).all(),
        used=queries.counts(db()),
        subjects=SUBJECTS,
        kinds=KINDS,
        form=form,
        status=422 if form.all_errors else 200,
    )


@blueprint.route("/<int:field_id>", methods=["GET", "POST"])
@requires(Permission.FIELD_WRITE)
def edit(field_id: int) -> AnyResponse:
    field = queries.get_field(db(), field_id)
    form = FieldForm.of(field)
    form.kind.data = form.kind.data or field.kind.value
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            operations.change_field(db(), actor_id(), field, form.draft(), seen=form.version.data)
            db().commit()
            return go(url_for("fields.index"))
    field = queries.get_field(db(), field_id)
    return render(
        "fields/edit.html", field=field, form=form, kinds=KINDS, status=422 if form.all_errors else 200
    )


@blueprint.post("/<int:field_id>/retire")
@requires(Permission.FIELD_WRITE)
def retire(field_id: int) -> AnyResponse:
    return _retire(field_id, retired=True)


@blueprint.post("/<int:field_id>/restore")
@requires(Permission.FIELD_WRITE)
def restore(field_id: int) -> AnyResponse:
    return _retire(field_id, retired=False)


def _retire(field_id: int, *, retired: bool) -> AnyResponse:
    field = queries.get_field(db(), field_id)
    operations.retire_field(db(), actor_id(), field, retired=retired, now=clock.now())
    db().commit()
    if retired:
        flash(gettext("«%(name)s» brukes ikke lenger. Det som er fylt inn, er beholdt.", name=field.name))
    return go(url_for("fields.index"))


@blueprint.route("/company/<int:number_of>", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def fill_company(number_of: int) -> AnyResponse:
    return _fill(Subject.COMPANY, companies.get_company, number_of)


@blueprint.route("/contact/<int:number_of>", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def fill_contact(number_of: int) -> AnyResponse:
    return _fill(Subject.CONTACT, contacts.get_contact, number_of)


@blueprint.route("/need/<int:number_of>", methods=["GET", "POST"])
@requires(Permission.PARTNER_WRITE)
def fill_need(number_of: int) -> AnyResponse:
    return _fill(Subject.NEED, partners.get_need, number_of)


def _fill(subject: Subject, find: Callable[..., Record], number_of: int) -> AnyResponse:
    """The fields of a record to fill in; never saved over what somebody wrote since the reader saw them."""
    record = find(db(), number_of)
    page, key = _PAGES[subject]
    address: dict[str, Any] = {key: number_of}
    here = url_for(page, **address)
    back = own_path(request.values.get("next", ""), otherwise=here)
    if request.method == "GET":
        return _shown(subject, record, back)
    fields = [field for field, _value in queries.filled(db(), subject, number_of)]
    seen = request.form.get("version", "")
    try:
        values = typed_values(fields, request.form)
    except InvalidInput as error:
        return _shown(subject, record, back, field=error.field or "", complaint=in_words(error), status=422)
    if seen != str(record.version):
        complaint = gettext("Noen andre endret dette mens du skrev. Se hva som er lagret, og lagre på nytt.")
        return _shown(subject, record, back, complaint=str(complaint), status=409)
    operations.set_values(db(), actor_id(), subject, record, values)
    db().commit()
    return go(back)


_PAGES = {
    Subject.COMPANY: ("companies.show", "company_id"),
    Subject.CONTACT: ("contacts.show", "contact_id"),
    Subject.NEED: ("needs.show", "need_id"),
}


def _shown(
    subject: Subject, record: Record, back: str, *, field: str = "", complaint: str = "", status: int = 200
) -> Response:
    """The page that fills in, with what was typed and, where somebody wrote meanwhile, what is stored."""
    return render(
        "fields/fill.html",
        own=panel(subject, record.id, record.version),
        name=record.title if isinstance(record, Need) else readable_name(record.name),
        back=back,
        typed=request.form if request.method == "POST" else None,
        wrong=field,
        complaint=complaint,
        clash=status == 409,
        status=status,
    )
