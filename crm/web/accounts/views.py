"""Signing in and out, the own account, and the administrator's list of people."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import links, operations, queries, secrets
from crm.accounts import second_factor as factors
from crm.accounts.models import LinkPurpose, User, WeeklyMail
from crm.accounts.permissions import Permission
from crm.errors import Conflict, InvalidInput, NotAllowed, NotFound
from crm.web import login, outbox
from crm.web.access import actor_id, public, requires, signed_in
from crm.web.accounts import forgotten, openid, own, passkeys, second_factor
from crm.web.accounts.forms import (
    ChangePasswordForm,
    InviteForm,
    LanguageForm,
    PasswordForm,
    SignInForm,
    WeeklyMailForm,
)
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.session import begin_writing, db

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    form = SignInForm.posted(next=request.args.get("next", ""))
    if request.method == "POST" and form.validate():
        try:
            user = operations.sign_in(
                db(), form.email.data, form.password.data, address=request.remote_addr or "", now=clock.now()
            )
        except NotAllowed as refusal:
            db().commit()  # the failure is remembered
            form.show(refusal)
            if isinstance(refusal, operations.TooManyTries):
                return _held_back(form, refusal)
        else:
            return second_factor.enter(user, wanted=form.next.data or "")
    status = 422 if form.all_errors else 200
    return _door(form, status=status)


def _door(form: SignInForm, *, status: int) -> Response:
    """The page for signing in, with every way there is."""
    return render(
        "accounts/sign_in.html",
        form=form,
        lacking=outbox.lacking(),
        provider=openid.provider(),
        passkeys_fit=passkeys.site().fit,
        status=status,
    )


def _held_back(form: SignInForm, refusal: operations.TooManyTries) -> AnyResponse:
    return forgotten.asking_to_wait(_door(form, status=429), refusal)


@blueprint.get("/sign-in/<token>")
@public
def by_link(token: str) -> AnyResponse:
    """Open a one-time link. It signs in at once, so this GET writes: see docs/decisions."""
    writing = begin_writing()
    now = clock.now()
    link = queries.find_link(writing, token, now=now)
    if link is None:
        return render("accounts/spent.html", status=410)
    if link.purpose is LinkPurpose.INVITATION:
        return render("accounts/welcome.html", form=PasswordForm(), user=link.user)
    operations.use_link(writing, link, now=now)
    login.begin(link.user, now=now)
    writing.commit()
    return redirect(url_for("week.index"), code=303)


@blueprint.post("/sign-in/<token>")
@public
def accept(token: str) -> AnyResponse:
    """Take an invitation: choose a password, and be signed in."""
    now = clock.now()
    link = queries.find_link(db(), token, now=now)
    if link is None or link.purpose is not LinkPurpose.INVITATION:
        return render("accounts/spent.html", status=410)
    form = PasswordForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.use_link(db(), link, now=now)
            operations.set_password(db(), link.user_id, link.user, form.password.data, now=now)
            answer = second_factor.enter(link.user)
            outbox.hurry()
            return answer
    return render("accounts/welcome.html", form=form, user=link.user, status=422)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> AnyResponse:
    login.end(current_user.token)
    db().commit()
    answer = go(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/me")
@signed_in
def profile() -> Response:
    return own.show()


@blueprint.post("/me/password")
@signed_in
def change_password() -> AnyResponse:
    form = ChangePasswordForm.posted()
    user = current_user.user
    known = user.password_hash is None or secrets.password_fits(user.password_hash, form.present.data or "")
    if form.validate():
        with complaints_to(form):
            if not known:
                raise InvalidInput("Det nåværende passordet stemmer ikke.", field="present")
            operations.set_password(db(), user.id, user, form.password.data, now=clock.now())
            login.begin(user, now=clock.now())
            db().commit()
            outbox.hurry()
            flash(
                gettext(
                    "Passordet er byttet. Du er logget ut på alle andre enheter, og nøklene dine er stengt."
                )
            )
            return go(url_for("accounts.profile"))
    return own.show(password=form)


@blueprint.post("/me/language")
@signed_in
def choose_language() -> AnyResponse:
    form = LanguageForm.posted()
    if form.validate():
        operations.choose_language(current_user.user, form.language.data)
        db().commit()
        session["language"] = g.language = form.language.data
    return go(url_for("accounts.profile"))


@blueprint.post("/me/weekly-mail")
@signed_in
def choose_weekly_mail() -> AnyResponse:
    form = WeeklyMailForm.posted()
    if form.validate():
        operations.choose_weekly_mail(current_user.user, WeeklyMail(form.weekly_mail.data))
        db().commit()
        flash(gettext("Lagret."))
    return go(url_for("accounts.profile", _anchor="weekly-mail"))


blueprint.add_url_rule("/forgotten", view_func=forgotten.forgotten, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-in/openid", view_func=openid.openid_begin)
blueprint.add_url_rule("/sign-in/openid/back", view_func=openid.openid_back)
blueprint.add_url_rule("/me/openid/connect", view_func=openid.openid_connect)
blueprint.add_url_rule(
    "/me/openid/<int:identity_id>/disconnect", view_func=openid.openid_disconnect, methods=["POST"]
)
_PASSKEYS: dict[str, Callable[..., AnyResponse]] = {
    "/sign-in/passkey": passkeys.passkey_enter,
    "/sign-in/passkey/begin": passkeys.passkey_begin,
    "/me/prove/passkey": passkeys.passkey_prove,
    "/me/passkeys": passkeys.passkey_add,
    "/me/passkeys/begin": passkeys.passkey_new,
    "/me/passkeys/<int:passkey_id>/rename": passkeys.passkey_rename,
    "/me/passkeys/<int:passkey_id>/remove": passkeys.passkey_remove,
}
for _path, _view in _PASSKEYS.items():
    blueprint.add_url_rule(_path, view_func=_view, methods=["POST"])
blueprint.add_url_rule("/me/sessions/end", view_func=own.end_others, methods=["POST"])
blueprint.add_url_rule("/me/sessions/<int:session_id>/end", view_func=own.end_one, methods=["POST"])
blueprint.add_url_rule("/sign-in/code", view_func=second_factor.code, methods=["GET", "POST"])
blueprint.add_url_rule("/me/prove", view_func=second_factor.prove, methods=["GET", "POST"])
blueprint.add_url_rule("/me/second-factor", view_func=second_factor.show)
blueprint.add_url_rule("/me/second-factor", view_func=second_factor.confirm, methods=["POST"])
blueprint.add_url_rule("/me/second-factor/begin", view_func=second_factor.begin, methods=["POST"])
blueprint.add_url_rule("/me/second-factor/remove", view_func=second_factor.remove, methods=["POST"])
blueprint.add_url_rule("/me/tokens", view_func=own.make_token, methods=["POST"])
blueprint.add_url_rule("/me/tokens/<int:token_id>/revoke", view_func=own.revoke_token, methods=["POST"])


@blueprint.get("/users/")
@requires(Permission.USER_MANAGE)
def users() -> Response:
    return _users(InviteForm(role="developer"))


def _users(form: InviteForm, *, link: str = "", mailed: str = "", status: int = 200) -> Response:
    return render(
        "accounts/users.html",
        form=form,
        people=db().scalars(queries.users()).all(),
        with_codes=factors.users_with(db()),
        link=link,
        mailed=mailed,
        lacking=outbox.lacking(),
        status=status,
    )


@blueprint.post("/users/")
@requires(Permission.USER_MANAGE)
def invite() -> AnyResponse:
    form = InviteForm.posted()
    if form.validate():
        with complaints_to(form):
            user = operations.create_user(db(), actor_id(), form.draft())
            return _invited(user)
    return _users(form, status=422)


@blueprint.post("/users/<int:user_id>/close")
@requires(Permission.USER_MANAGE)
def close(user_id: int) -> AnyResponse:
    user = _user(user_id)
    try:
        operations.close_account(db(), actor_id(), user, now=clock.now())
    except Conflict as refusal:
        db().rollback()
        flash(str(refusal), "error")
    else:
        db().commit()
        flash(gettext("%(name)s er stengt ute. Alt som er logget, står.", name=user.name))
    return go(url_for("accounts.users"))


@blueprint.post("/users/<int:user_id>/link")
@requires(Permission.USER_MANAGE)
def new_link(user_id: int) -> AnyResponse:
    """A fresh invitation for somebody who lost theirs."""
    return _invited(_user(user_id))


def _invited(user: User) -> Response:
    """The people again, with a link for one of them, which is mailed where mails can be sent; commits."""
    token = links.invite(db(), current_user.user, user, key=outbox.key(), now=clock.now())
    db().commit()
    outbox.hurry()
    address = url_for("accounts.by_link", token=token, _external=True)
    mailed = "" if outbox.lacking() else user.email
    return _users(InviteForm(role="developer"), link=address, mailed=mailed)


@blueprint.post("/users/<int:user_id>/second-factor/remove")
@requires(Permission.USER_MANAGE)
def reset_second_factor(user_id: int) -> AnyResponse:
    """For somebody who lost both the phone and the paper."""
    user = _user(user_id)
    factors.remove(db(), actor_id(), user, now=clock.now())
    operations.end_all_sessions(db(), user, now=clock.now())
    db().commit()
    flash(gettext("%(name)s logger nå inn uten engangskode, og kan slå den på igjen.", name=user.name))
    return go(url_for("accounts.users"))


def _user(user_id: int) -> User:
    found = db().get(User, user_id)
    if found is None:
        raise NotFound("Fant ikke brukeren.")
    return found
