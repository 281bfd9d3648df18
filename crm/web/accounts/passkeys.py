"""Signing in with a passkey, showing one anew, and the list of one's own."""

from __future__ import annotations

from flask import Response, abort, flash, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import attempts, operations, passkeys
from crm.accounts.models import AttemptPurpose, Passkey, User
from crm.errors import Conflict, InvalidInput, NotAllowed
from crm.web import login, outbox
from crm.web.access import BEFORE_CHANGES, proved_within, public, signed_in
from crm.web.addresses import own_path
from crm.web.htmx import go
from crm.web.session import db
from crm.web.words import in_words

_TOKEN = "passkey"  # noqa: S105  (the name of a place in the cookie)


def site() -> passkeys.Site:
    """The address passkeys are kept for."""
    return passkeys.Site(base=outbox.settings().resolved_base_url, key=outbox.key())


def own() -> list[Passkey]:
    """The passkeys of whoever is signed in."""
    return list(db().scalars(passkeys.of_user(current_user.user.id)))


@public
def passkey_begin() -> Response:
    """What the browser asks its passkeys for; of whoever is signed in, one of their own."""
    user = current_user.user if current_user.is_authenticated else None
    seed = _begin(AttemptPurpose.PASSKEY, user)
    return _json(passkeys.options_to_show(site(), seed, mine=own() if user else None))


@public
def passkey_enter() -> AnyResponse:
    """Sign in whoever shows a passkey; it is two factors, so no code is asked for."""
    try:
        user = _shown()
    except NotAllowed as refusal:
        db().commit()  # the failure is remembered
        flash(in_words(refusal), "error")
        return go(url_for("accounts.sign_in"))
    session.pop("awaiting_code", None)
    login.begin(user, now=clock.now())
    db().commit()
    wanted = request.form.get("next", "") or str(session.pop("wanted", ""))
    return go(own_path(wanted, otherwise=url_for("week.index")))


@signed_in
def passkey_prove() -> AnyResponse:
    """Show anew who one is, by a passkey of one's own."""
    wanted = request.form.get("next", "")
    try:
        _shown(only=current_user.user.id)
    except NotAllowed as refusal:
        db().commit()  # the failure is remembered
        flash(in_words(refusal), "error")
        return go(url_for("accounts.prove", next=wanted))
    operations.note_proof(db(), current_user.session_id, now=clock.now())
    db().commit()
    return go(own_path(wanted, otherwise=url_for("accounts.profile")))


@signed_in
def passkey_new() -> AnyResponse:
    """What the browser is asked to make; only right after showing who one is."""
    if not proved_within(BEFORE_CHANGES):
        abort(403)
    seed = _begin(AttemptPurpose.PASSKEY_NEW, current_user.user)
    return _json(passkeys.options_to_add(db(), current_user.user, site(), seed))


@signed_in
def passkey_add() -> AnyResponse:
    """Keep what the browser made."""
    if not proved_within(BEFORE_CHANGES):
        return _ask_anew()
    try:
        answer = _answer(AttemptPurpose.PASSKEY_NEW)
        name = request.form.get("name", "")
        made = passkeys.add(db(), current_user.user, name, answer, site(), now=clock.now())
        db().commit()
    except (InvalidInput, Conflict, NotAllowed) as refusal:
        db().rollback()
        flash(in_words(refusal), "error")
    else:
        outbox.hurry()
        flash(gettext("Passnøkkelen «%(name)s» er lagt til. Du kan logge inn med den.", name=made.name))
    return _to_list()


@signed_in
def passkey_rename(passkey_id: int) -> AnyResponse:
    try:
        passkeys.rename(db(), current_user.user, passkey_id, request.form.get("name", ""))
    except InvalidInput as refusal:
        flash(in_words(refusal), "error")
    else:
        db().commit()
    return _to_list()


@signed_in
def passkey_remove(passkey_id: int) -> AnyResponse:
    """Forget a passkey; only right after showing who one is."""
    passkeys.get(db(), current_user.user, passkey_id)
    if not proved_within(BEFORE_CHANGES):
        return _ask_anew()
    passkeys.remove(db(), current_user.user, passkey_id, now=clock.now())
    db().commit()
    outbox.hurry()
    flash(gettext("Passnøkkelen er fjernet. Slett den også der den ligger."))
    return _to_list()


def _begin(purpose: AttemptPurpose, user: User | None) -> str:
    """Begin an attempt that this browser alone can end; the seed the challenge is made of. Commits."""
    if not site().fit:
        abort(404)
    begun = attempts.begin(db(), purpose, user_id=user.id if user else None, now=clock.now())
    db().commit()
    session[_TOKEN] = begun.token
    return begun.seed


def _answer(purpose: AttemptPurpose) -> passkeys.Answer:
    """What came back for the attempt of this browser, which is spent by it."""
    if not site().fit:
        abort(404)
    attempt = attempts.spend(db(), str(session.pop(_TOKEN, "")), purpose, now=clock.now())
    mine = current_user.user.id if current_user.is_authenticated else None
    if attempt.user_id != mine:
        raise NotAllowed("Innloggingen tok for lang tid, eller den er alt brukt. Prøv igjen.")
    text, address = request.form.get("answer", ""), request.remote_addr or ""
    return passkeys.Answer(text=text, seed=attempt.seed, address=address)


def _shown(*, only: int | None = None) -> User:
    """The user whose passkey was shown; NotAllowed where it is not the one user it must be."""
    user = passkeys.show(db(), _answer(AttemptPurpose.PASSKEY), site(), now=clock.now())
    if only is not None and user.id != only:
        raise NotAllowed("Passnøkkelen slapp deg ikke inn. Prøv igjen, eller bruk passordet.")
    return user


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")


def _to_list() -> AnyResponse:
    return go(url_for("accounts.profile", _anchor="passkeys"))


def _ask_anew() -> AnyResponse:
    return go(url_for("accounts.prove", next=url_for("accounts.profile", _anchor="passkeys")))
