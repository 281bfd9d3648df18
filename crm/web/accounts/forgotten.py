"""Asking for a new password by mail; the answer is the same whether the address is known or not."""

from __future__ import annotations

from flask import Response, request

from crm import clock
from crm.accounts import links
from crm.accounts.operations import TooManyTries
from crm.errors import InvalidInput
from crm.web import outbox
from crm.web.access import public
from crm.web.accounts.forms import ForgottenForm
from crm.web.forms import complaints_to
from crm.web.htmx import render
from crm.web.session import db


@public
def forgotten() -> Response:
    form, lacking = ForgottenForm.posted(), outbox.lacking()
    if request.method == "POST" and form.validate() and not lacking:
        try:
            with complaints_to(form):
                _ask(form.email.data or "")
                return render("accounts/forgotten.html", form=form, asked=True, lacking="")
        except TooManyTries as refusal:
            form.show(InvalidInput(refusal.message))
            answer = render("accounts/forgotten.html", form=form, asked=False, lacking="", status=429)
            return asking_to_wait(answer, refusal)
    status = 422 if form.all_errors else 200
    return render("accounts/forgotten.html", form=form, asked=False, lacking=lacking, status=status)


def _ask(email: str) -> None:
    asker = links.Asker(email=email, address=request.remote_addr or "", key=outbox.key())
    links.ask_for_new_password(db(), asker, now=clock.now())
    db().commit()
    outbox.hurry()


def asking_to_wait(answer: Response, refusal: TooManyTries) -> Response:
    """Tell in a header too how long whoever is held back must wait."""
    wait = (refusal.until - clock.now()).total_seconds()
    answer.headers["Retry-After"] = str(max(1, round(wait)))
    return answer
