"""Signing in with a provider, and connecting one's account to it; the way there and the way back."""

from __future__ import annotations

import hmac
from typing import cast

from flask import abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import attempts, identities, secrets
from crm.accounts.identities import Shown
from crm.accounts.models import Attempt, AttemptPurpose
from crm.errors import Conflict, CrmError, NotAllowed
from crm.sources import openid
from crm.web import login, outbox
from crm.web.access import BEFORE_CHANGES, proved_within, public, signed_in
from crm.web.accounts import second_factor
from crm.web.htmx import go
from crm.web.session import begin_writing, close, db
from crm.web.words import in_words

_TOKEN, _WANTED = "openid", "openid_wanted"


def provider() -> openid.Provider | None:
    """The provider people may sign in with; None where none is set up."""
    return cast("openid.Provider | None", current_app.extensions["crm.openid"])


@public
def openid_begin() -> AnyResponse:
    """Off to the provider; the GET writes down that somebody went: docs/decisions/0003."""
    return _leave(None, wanted=request.args.get("next", ""))


@signed_in
def openid_connect() -> AnyResponse:
    """Off to the provider to connect one's account; only right after showing who one is."""
    if not proved_within(BEFORE_CHANGES):
        return go(url_for("accounts.prove", next=url_for("accounts.profile", _anchor="openid")))
    return _leave(int(current_user.user.id), wanted="")


def _leave(user_id: int | None, *, wanted: str) -> AnyResponse:
    there = provider() or abort(404)
    writing = begin_writing()
    begun = attempts.begin(writing, AttemptPurpose.OPENID, user_id=user_id, now=clock.now())
    writing.commit()
    close()
    try:
        address = openid.address(there, _going(begun.token, begun.seed))
    except CrmError as trouble:
        return _away(trouble)
    session[_TOKEN], session[_WANTED] = begun.token, wanted[:500]
    return redirect(address)


@public
def openid_back() -> AnyResponse:
    """Back from the provider: the answer is for this browser, once, and is checked before it is believed."""
    there = provider() or abort(404)
    token, wanted = str(session.pop(_TOKEN, "")), str(session.pop(_WANTED, ""))
    try:
        attempt = _spent(there, token)
        going = _going(token, attempt.seed)
        vouched = openid.redeem(there, request.args.get("code", ""), going, now=clock.now())
        shown = Shown(
            issuer=vouched.issuer, subject=vouched.subject, email=vouched.email, provider=there.name
        )
        return _arrive(shown, attempt, wanted=wanted)
    except CrmError as trouble:
        return _away(trouble)


def _spent(there: openid.Provider, token: str) -> Attempt:
    """The sign-in this browser began; the database is let go of before anybody else is asked."""
    same = token and hmac.compare_digest(token.encode(), request.args.get("state", "").encode())
    if not same or request.args.get("iss", there.issuer) != there.issuer:
        raise NotAllowed("Innloggingen tok for lang tid, eller den er alt brukt. Prøv igjen.")
    writing = begin_writing()
    attempt = attempts.spend(writing, token, AttemptPurpose.OPENID, now=clock.now())
    writing.commit()
    close()
    if "error" in request.args or not request.args.get("code"):
        raise NotAllowed("Du ble ikke logget inn hos %(provider)s. Prøv igjen.", provider=there.name)
    return attempt


def _arrive(shown: Shown, attempt: Attempt, *, wanted: str) -> AnyResponse:
    now, user = clock.now(), getattr(current_user, "user", None)
    begin_writing()
    if attempt.user_id is None:
        found = identities.sign_in(db(), shown, now=now)
        answer = second_factor.enter(found, wanted=wanted)
        outbox.hurry()
        return answer
    if user is None or user.id != attempt.user_id:
        raise NotAllowed("Du ble logget ut underveis. Logg inn, og koble til på nytt.")
    identities.connect(db(), db().merge(user, load=True), shown, now=now)
    db().commit()
    outbox.hurry()
    flash(gettext("Du kan nå logge inn med %(provider)s.", provider=shown.provider))
    return redirect(url_for("accounts.profile", _anchor="openid"))


def _away(trouble: CrmError) -> AnyResponse:
    """Back to where one came from, with a sentence why."""
    close()
    login.reread()
    flash(in_words(trouble), "error")
    inside = bool(current_user.is_authenticated)
    return redirect(url_for("accounts.profile" if inside else "accounts.sign_in"))


@signed_in
def openid_disconnect(identity_id: int) -> AnyResponse:
    """End a connection; only right after showing who one is."""
    if not proved_within(BEFORE_CHANGES):
        return go(url_for("accounts.prove", next=url_for("accounts.profile", _anchor="openid")))
    there = provider()
    name = there.name if there else ""
    try:
        identities.disconnect(db(), current_user.user, identity_id, provider=name, now=clock.now())
    except Conflict as refusal:
        db().rollback()
        flash(in_words(refusal), "error")
    else:
        db().commit()
        outbox.hurry()
        flash(gettext("Koblingen er fjernet."))
    return go(url_for("accounts.profile", _anchor="openid"))


def _going(token: str, seed: str) -> openid.Going:
    """What binds the answer to this sign-in, made anew from what was kept of it."""
    base, key = outbox.settings().resolved_base_url, outbox.key()
    return openid.Going(
        back=f"{base}/sign-in/openid/back",
        state=token,
        nonce=secrets.made_token(key, f"nonce {seed}"),
        verifier=secrets.made_token(key, f"verifier {seed}"),
    )
