"""Answering a suggestion, and taking the answer back."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import InvalidInput, NotFound
from crm.matches import introduced, operations, queries
from crm.matches.models import Suggestion
from crm.rules import operations as rules
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.forms import CrmForm, complaints_to
from crm.web.htmx import go, render, wants_fragment
from crm.web.matches.forms import AnswerForm, WithdrawForm
from crm.web.matches.rule_forms import NeverForm
from crm.web.session import db


@requires(Permission.MATCH_ANSWER)
def answer(suggestion_id: int) -> AnyResponse:
    suggestion, form = queries.get_suggestion(db(), suggestion_id), AnswerForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.answer(db(), actor_id(), suggestion, form.draft(), now=clock.now())
            db().commit()
            return _done(suggestion, form, gettext("Svaret er lagret. Angre finner du under Besvarte."))
    return _card(suggestion, form, status=422)


@requires(Permission.MATCH_ANSWER)
def withdraw(suggestion_id: int) -> AnyResponse:
    suggestion, form = queries.get_suggestion(db(), suggestion_id), WithdrawForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.withdraw_answer(db(), actor_id(), suggestion)
            db().commit()
            return _done(suggestion, form, gettext("Svaret er tatt tilbake. Forslaget er åpent igjen."))
    return _card(suggestion, form, status=422)


@requires(Permission.RULES_WRITE)
def never(suggestion_id: int) -> AnyResponse:
    """«Aldri foreslå»: a rule about the pair, or about the company and everything the partner needs."""
    suggestion, form = queries.get_suggestion(db(), suggestion_id), NeverForm.posted()
    if form.validate():
        with complaints_to(form):
            draft = form.draft(suggestion.company_id)
            if draft.need_id != suggestion.need_id and draft.partner_id != suggestion.need.partner_id:
                raise InvalidInput("Velg et behov fra listen.", field="side")
            rule = rules.add_pair_rule(db(), actor_id(), draft, now=clock.now())
            db().commit()
            if wants_fragment():
                return render("matches/_never.html", suggestion=suggestion, rule=rule)
            flash(gettext("Paret foreslås ikke igjen. Regelen står under «Ukens regler»."))
            return go(own_path(form.data["next"] or "", otherwise=url_for("matches.index")))
    return _card(suggestion, form, status=422)


@requires(Permission.COMPANY_READ)
def introduction(suggestion_id: int) -> AnyResponse:
    """From a suggestion to the introduction its yes opened."""
    suggestion = queries.get_suggestion(db(), suggestion_id)
    opened = introduced.find_introduction(db(), suggestion.need_id, suggestion.company_id)
    if opened is None:
        raise NotFound("Fant ikke koblingen. Den kan være slettet.")
    return go(url_for("matches.introduction", introduction_id=opened.id))


def near_days() -> list[tuple[str, date]]:
    """Days a suggestion is often put off to."""
    today = clock.today()
    summer = date(today.year + (today >= date(today.year, 8, 1)), 8, 15)
    near = [(gettext("om 1 måned"), 30), (gettext("om 3 måneder"), 91)]
    return [
        *((str(name), today + timedelta(days=ahead)) for name, ahead in near),
        (str(gettext("etter sommeren")), summer),
    ]


def _done(suggestion: Suggestion, form: CrmForm, sentence: str) -> AnyResponse:
    """The card as it now stands, or back to the page it stood on."""
    if wants_fragment():
        return _card(suggestion, form, status=200)
    flash(sentence)
    return go(own_path(form.data["next"] or "", otherwise=url_for("matches.index")))


def _card(suggestion: Suggestion, form: CrmForm, *, status: int) -> AnyResponse:
    number, sides = suggestion.id, form.data["sides"]
    db().expire_all()  # what was loaded before the act is told anew
    fresh = queries.get_suggestion(db(), number)
    return render(
        "matches/answer.html",
        fragment="matches/_suggestion.html",
        suggestion=fresh,
        show_company=sides != "need" or not wants_fragment(),
        show_need=sides != "company" or not wants_fragment(),
        answer_form=form if status != 200 else None,
        back=form.data["next"],
        swapped=True,
        status=status,
    )
