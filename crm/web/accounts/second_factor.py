"""Signing in with a code as well, turning that on and off, and showing anew who one is."""

from __future__ import annotations

from datetime import timedelta

import segno
from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import operations
from crm.accounts import second_factor as factors
from crm.accounts.models import User
from crm.errors import Conflict, InvalidInput, NotAllowed
from crm.web import login, outbox
from crm.web.access import BEFORE_CHANGES, actor_id, proved_within, public, signed_in
from crm.web.accounts import passkeys
from crm.web.accounts.forms import CodeForm, ProofForm
from crm.web.addresses import own_path
from crm.web.forms import complaints_to
from crm.web.htmx import go, render
from crm.web.session import db

_HALF_WAY = timedelta(minutes=5)
_AWAITING, _WANTED = "awaiting_code", "wanted"


def enter(user: User, *, wanted: str = "") -> AnyResponse:
    """Sign in whoever has shown a password, or ask for the code first; commits."""
    now = clock.now()
    if factors.is_on(db(), user):
        db().commit()
        session[_AWAITING], session[_WANTED] = [user.id, now.timestamp()], wanted
        return go(url_for("accounts.code"))
    login.begin(user, now=now)
    db().commit()
    return go(own_path(wanted, otherwise=url_for("week.index")))


@public
def code() -> AnyResponse:
    """The second step of signing in; open for five minutes after the first."""
    user, form = _half_way(), CodeForm.posted()
    if user is None:
        return redirect(url_for("accounts.sign_in"))
    if request.method == "POST" and form.validate() and _passes(user, form):
        wanted = str(session.pop(_WANTED, ""))
        session.pop(_AWAITING, None)
        login.begin(user, now=clock.now())
        db().commit()
        return go(own_path(wanted, otherwise=url_for("week.index")))
    status, fit = 422 if form.all_errors else 200, passkeys.site().fit
    return render("accounts/code.html", form=form, passkeys_fit=fit, status=status)


def _half_way() -> User | None:
    user_id, began = session.get(_AWAITING) or (0, 0)
    if clock.now().timestamp() - began > _HALF_WAY.total_seconds():
        return None
    user = db().get(User, user_id)
    return user if user and user.active else None


def _passes(user: User, form: CodeForm | ProofForm) -> bool:
    """Whether the code is right; a wrong one is remembered and said on the form."""
    address = request.remote_addr or ""
    try:
        factors.check(db(), user, form.code.data or "", key=_key(), address=address, now=clock.now())
    except NotAllowed as refusal:
        db().commit()  # the failure is remembered
        form.show(refusal)
        return False
    return True


@signed_in
def prove() -> AnyResponse:
    """Show once more who sits here, by code where there is one, else by password."""
    user, form = current_user.user, ProofForm.posted(next=request.args.get("next", ""))
    with_code = factors.is_on(db(), user)
    if request.method == "POST" and (_passes(user, form) if with_code else _knows_password(user, form)):
        operations.note_proof(db(), current_user.session_id, now=clock.now())
        db().commit()
        return go(own_path(form.next.data or "", otherwise=url_for("accounts.profile")))
    status = 422 if form.all_errors else 200
    able = with_code or user.password_hash is not None
    mine = passkeys.own() if passkeys.site().fit else []
    values = {"form": form, "with_code": with_code, "able": able, "passkeys": mine}
    return render("accounts/prove.html", status=status, **values)


def _knows_password(user: User, form: ProofForm) -> bool:
    try:
        operations.sign_in(
            db(), user.email, form.password.data or "", address=request.remote_addr or "", now=clock.now()
        )
    except NotAllowed as refusal:
        db().commit()  # the failure is remembered
        form.show(InvalidInput(refusal.message, field="password", **refusal.values))
        return False
    return True


@signed_in
def show() -> AnyResponse:
    """What to scan, or that the code is on."""
    return _page(CodeForm())


def _page(form: CodeForm, *, recovery: list[str] | None = None) -> AnyResponse:
    user = current_user.user
    factor = factors.find(db(), user)
    waiting = factor is not None and factor.confirmed_at is None
    return render(
        "accounts/second_factor.html",
        form=form,
        on=factors.is_on(db(), user),
        left=factors.codes_left(db(), user),
        picture=_picture(factors.address_of(factor, user, _key())) if factor and waiting else "",
        secret=_spaced(factors.secret_of(factor, _key())) if factor and waiting else "",
        recovery=recovery,
        status=422 if form.all_errors else 200,
    )


@signed_in
def begin() -> AnyResponse:
    """A fresh secret to scan; only right after showing who one is."""
    if not proved_within(BEFORE_CHANGES):
        return go(url_for("accounts.prove", next=url_for("accounts.show")))
    try:
        factors.begin(db(), current_user.user, now=clock.now())
    except Conflict as refusal:
        db().rollback()
        flash(str(refusal), "error")
    else:
        db().commit()
    return go(url_for("accounts.show"))


@signed_in
def confirm() -> AnyResponse:
    """Turn it on with the first code; the recovery codes are shown on this answer alone."""
    form = CodeForm.posted()
    if form.validate():
        with complaints_to(form):
            try:
                made = factors.confirm(
                    db(), actor_id(), current_user.user, form.code.data or "", key=_key(), now=clock.now()
                )
            except NotAllowed as refusal:
                raise InvalidInput(refusal.message, field="code") from refusal
            db().commit()
            outbox.hurry()
            return _page(CodeForm(), recovery=made)
    return _page(form)


@signed_in
def remove() -> AnyResponse:
    """Turn it off; only right after showing who one is."""
    if not proved_within(BEFORE_CHANGES):
        return go(url_for("accounts.prove", next=url_for("accounts.show")))
    factors.remove(db(), actor_id(), current_user.user, now=clock.now())
    db().commit()
    outbox.hurry()
    flash(gettext("Engangskode er slått av."))
    return go(url_for("accounts.profile"))


def _picture(address: str) -> Markup:
    """The square to scan, drawn in the page; nothing of it leaves the page."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=5, border=4, light="#fff", dark="#000", omitsize=True
    )
    return Markup(drawn)  # noqa: S704  (segno draws paths from the modules of the code alone)


def _spaced(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
