"""Privacy: what is done for one contact person: erased, frozen, kept on, and who may address them."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, flash, request, url_for
from flask_babel import gettext
from sqlalchemy import make_url
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.consents import operations as consents
from crm.consents.drafts import objection_draft
from crm.consents.operations import salt
from crm.contacts.models import Contact
from crm.errors import NotFound
from crm.privacy import erasing, files, freezing, operations
from crm.privacy.likeness import Likeness
from crm.privacy.models import ErasureCause, ErasureRecord
from crm.privacy.places import gather
from crm.privacy.purposes import HOLDINGS
from crm.settings import Settings
from crm.storage.erasing import settle
from crm.web.access import actor_id, proven, requires
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.privacy.forms import ConsentForm, EraseForm, HoldForm, ReasonForm
from crm.web.privacy.views import blueprint, shown
from crm.web.privacy.wording import FATES, left, why_stays
from crm.web.session import database, db

__all__ = ["blueprint"]
_SHOWN = 40
_ADDRESS = "/persons/<int:contact_id>"


def contact_of(contact_id: int) -> Contact:
    """A person, a frozen one too; NotFound when there is none."""
    found = db().get(Contact, contact_id)
    if found is None:
        raise NotFound("Fant ikke personen. Oppføringen kan være slettet.")
    return found


@blueprint.route(f"{_ADDRESS}/erase", methods=["GET", "POST"])
@requires(Permission.PRIVACY_ERASE)
@proven
def erase(contact_id: int) -> AnyResponse:
    """What goes, what stays and why; on the second press it is done, and can not be undone."""
    form = EraseForm.posted()
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            _erase(erasing.likeness(db(), contact_of(contact_id)), ErasureCause(form.cause.data))
            flash(gettext("Personen er slettet."))
            return go(url_for("privacy.index"))
    person = erasing.likeness(db(), contact_of(contact_id))
    told = erasing.preview(db(), person)
    return render(
        "privacy/erase.html",
        form=form,
        contact=contact_of(contact_id),
        changes=told.changes[:_SHOWN],
        more=max(0, len(told.changes) - _SHOWN),
        goes=gather(told.goes),
        stays=gather(told.stays),
        found=_files(person),
        hold=erasing.held(db(), contact_id),
        holdings=HOLDINGS,
        fates=FATES,
        why_stays=why_stays,
        status=422 if form.all_errors else 200,
    )


@blueprint.post(f"{_ADDRESS}/restrict")
@requires(Permission.PRIVACY_ERASE)
def restrict(contact_id: int) -> AnyResponse:
    form = ReasonForm.posted()
    if form.validate():
        with complaints_to(form):
            freezing.restrict(
                db(), actor_id(), contact_of(contact_id), reason=form.reason.data or "", now=clock.now()
            )
            db().commit()
            settle(database().engine)
            flash(gettext("Personen er begrenset, og står ikke lenger i lister, søk, forslag og eksport."))
            return go(url_for("privacy.person", contact_id=contact_id))
    return shown(contact_of(contact_id), reason=form)


@blueprint.post(f"{_ADDRESS}/lift")
@requires(Permission.PRIVACY_ERASE)
def lift(contact_id: int) -> AnyResponse:
    left = freezing.lift(db(), actor_id(), contact_of(contact_id))
    db().commit()
    flash(gettext("Begrensningen er opphevet."))
    if left:
        flash(gettext("%(count)s tekster er skrevet om siden, og står som de er.", count=left), "error")
    return go(url_for("privacy.person", contact_id=contact_id))


@blueprint.post(f"{_ADDRESS}/hold")
@requires(Permission.PRIVACY_ERASE)
def hold(contact_id: int) -> AnyResponse:
    """Keep a person from being erased, until a day."""
    form = HoldForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.hold(db(), actor_id(), contact_of(contact_id), form.draft(), now=clock.now())
            db().commit()
            return go(url_for("privacy.person", contact_id=contact_id))
    return shown(contact_of(contact_id), hold=form)


@blueprint.post(f"{_ADDRESS}/release")
@requires(Permission.PRIVACY_ERASE)
def release(contact_id: int) -> AnyResponse:
    operations.release(db(), actor_id(), contact_of(contact_id))
    db().commit()
    return go(url_for("privacy.person", contact_id=contact_id))


@blueprint.post(f"{_ADDRESS}/consents")
@requires(Permission.PRIVACY_FIND)
def agree(contact_id: int) -> AnyResponse:
    form = ConsentForm.posted()
    if form.validate():
        with complaints_to(form):
            consents.give(db(), actor_id(), contact_of(contact_id), form.draft(), now=clock.now())
            db().commit()
            return go(url_for("privacy.person", contact_id=contact_id))
    return shown(contact_of(contact_id), consent=form)


@blueprint.post(f"{_ADDRESS}/object")
@requires(Permission.PRIVACY_FIND)
def object_to(contact_id: int) -> AnyResponse:
    """The person says no, from this moment."""
    about, channel = request.form.get("about", ""), request.form.get("channel", "")
    draft = objection_draft(about=about, channel=channel, how=gettext("Meldt til oss"))
    consents.withdraw(db(), actor_id(), contact_of(contact_id), draft, now=clock.now())
    db().commit()
    return go(url_for("privacy.person", contact_id=contact_id))


def _erase(person: Likeness, cause: ErasureCause) -> None:
    """Erase and commit; then the files, the ledger beside the database, and the database's own log."""
    found = _files(person)
    made = erasing.erase(db(), actor_id(), person, cause=cause, now=clock.now())
    kept = salt(db())
    db().commit()
    files.clean(found, person, erasing.ERASED)
    ledger = _settings().instance
    files.remember(ledger, salt=kept, hashes=made.hashes, cause=made.cause.value, at=made.at)
    if settle(database().engine):
        _cleaned(made)


def _cleaned(made: ErasureRecord) -> None:
    made.cleaned_at = clock.now()
    db().commit()


def _files(person: Likeness) -> list[files.Named]:
    url = make_url(_settings().resolved_database_url)
    path = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    return files.naming(_settings().instance, person, database=path)


def _settings() -> Settings:
    return current_app.extensions["crm.settings"]  # type: ignore[no-any-return]


blueprint.add_app_template_filter(left)
