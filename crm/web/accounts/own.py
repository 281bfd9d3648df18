"""The own account: language, password, where one is signed in, and tokens that act as oneself."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import identities, operations, queries, tokens
from crm.accounts import second_factor as factors
from crm.web import outbox
from crm.web.access import BEFORE_CHANGES, actor_id, proved_within, signed_in
from crm.web.accounts import openid, passkeys
from crm.web.accounts.devices import device_in_words
from crm.web.accounts.forms import ChangePasswordForm, LanguageForm, TokenForm, WeeklyMailForm
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.session import db


def show(
    *, password: ChangePasswordForm | None = None, token: TokenForm | None = None, made: str = ""
) -> Response:
    """«Min konto», with a form as it was posted where something must be put right, or a token just made."""
    user = current_user.user
    refused = any(form and form.all_errors for form in (password, token))
    return render(
        "accounts/profile.html",
        form=password or ChangePasswordForm(),
        choice=LanguageForm(language=user.language),
        weekly=WeeklyMailForm(weekly_mail=user.weekly_mail.value),
        lacking=outbox.lacking(),
        token_form=token or TokenForm(),
        tokens=db().scalars(tokens.live(user.id, now=clock.now())).all(),
        made=made,
        provider=openid.provider(),
        identities=db().scalars(identities.of_user(user.id)).all(),
        passkeys=passkeys.own(),
        passkeys_fit=passkeys.site().fit,
        fresh=proved_within(BEFORE_CHANGES),
        with_code=factors.is_on(db(), user),
        sessions=db().scalars(queries.live_sessions(user.id, now=clock.now())).all(),
        device_in_words=device_in_words,
        status=422 if refused else 200,
    )


@signed_in
def make_token() -> AnyResponse:
    """A new token, shown on this answer alone."""
    form = TokenForm.posted()
    if form.validate():
        with complaints_to(form):
            made = tokens.issue(db(), actor_id(), current_user.user, form.draft(), now=clock.now())
            db().commit()
            return show(made=made)
    return show(token=form)


@signed_in
def revoke_token(token_id: int) -> AnyResponse:
    found = tokens.get(db(), token_id, of_user=actor_id())
    tokens.revoke(db(), actor_id(), found, now=clock.now())
    db().commit()
    flash(gettext("Nøkkelen «%(name)s» er stengt.", name=found.name))
    return go(url_for("accounts.profile", _anchor="tokens"))


@signed_in
def end_one(session_id: int) -> AnyResponse:
    """Sign one browser out; on this one, it is as pressing «Logg ut»."""
    found = queries.get_session(db(), session_id, of_user=actor_id())
    if found.ended_at is None:
        found.ended_at = clock.now()
        db().commit()
    flash(gettext("Enheten er logget ut."))
    return go(url_for("accounts.profile", _anchor="sessions"))


@signed_in
def end_others() -> AnyResponse:
    """Sign out everywhere but here."""
    operations.end_all_sessions(db(), current_user.user, now=clock.now(), but=current_user.session_id)
    db().commit()
    flash(gettext("Du er logget ut på alle andre enheter."))
    return go(url_for("accounts.profile", _anchor="sessions"))
