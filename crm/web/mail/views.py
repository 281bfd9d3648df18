"""The outbox for administrators, and ending the weekly mail without signing in."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import operations as accounts
from crm.accounts import secrets
from crm.accounts.models import User, WeeklyMail
from crm.accounts.notices import reader_of
from crm.accounts.permissions import Permission
from crm.errors import Conflict
from crm.mail import letters, operations, queries
from crm.web import outbox
from crm.web.access import public, requires
from crm.web.htmx import go, render
from crm.web.mail.wording import KINDS, STATES, reason_in_words
from crm.web.paging import page_of
from crm.web.session import db
from crm.web.words import in_words

blueprint = Blueprint("mail", __name__, url_prefix="/mail")


@blueprint.get("/")
@requires(Permission.USER_MANAGE)
def index() -> Response:
    counts = queries.counts(db())
    return render(
        "mail/index.html",
        page=page_of(db(), queries.mails(), total=sum(counts.values())),
        counts=counts,
        lacking=outbox.lacking(),
        server=outbox.settings().smtp_url.rpartition("@")[2].partition("?")[0],
        trouble=queries.last_trouble(db()),
        kinds=KINDS,
        states=STATES,
        reason_in_words=reason_in_words,
    )


@blueprint.post("/test")
@requires(Permission.USER_MANAGE)
def test() -> AnyResponse:
    """A mail to oneself, to see whether it arrives."""
    reader = reader_of(current_user.user)
    operations.write(db(), reader, letters.test(reader), now=clock.now())
    db().commit()
    outbox.hurry()
    flash(gettext("En prøve er på vei til %(email)s.", email=reader.email))
    return go(url_for("mail.index"))


@blueprint.post("/<int:mail_id>/again")
@requires(Permission.USER_MANAGE)
def again(mail_id: int) -> AnyResponse:
    """Try a waiting mail at once."""
    mail = queries.get_mail(db(), mail_id)
    try:
        operations.try_again(mail, now=clock.now())
    except Conflict as refusal:
        db().rollback()
        flash(in_words(refusal), "error")
    else:
        db().commit()
        outbox.hurry()
        flash(gettext("Vi prøver på nytt nå."))
    return go(url_for("mail.index"))


@blueprint.get("/stop/<token>")
@public
def ask_to_stop(token: str) -> Response:
    """A button: a mail scanner that opens the address ends nothing."""
    return _stop_page(_reader(token))


@blueprint.post("/stop/<token>")
@public
def stop(token: str) -> Response:
    """End the weekly mail with one press, also by a mail program that carries no cookie (RFC 8058)."""
    user = _reader(token)
    if user is not None and user.weekly_mail is not WeeklyMail.OFF:
        accounts.choose_weekly_mail(user, WeeklyMail.OFF)
        db().commit()
    return _stop_page(user, stopped=True)


def _reader(token: str) -> User | None:
    user_id = secrets.read_stop_token(outbox.key(), token)
    return db().get(User, user_id) if user_id is not None else None


def _stop_page(user: User | None, *, stopped: bool = False) -> Response:
    known = user is not None
    address = request.path
    return render(
        "mail/stop.html", known=known, stopped=stopped, address=address, status=200 if known else 404
    )
