"""«Hva om»: try other weights or another text of a need, or the model on weeks gone by; nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.errors import CrmError, InvalidInput
from crm.jobs import queue
from crm.matches import queries as matches
from crm.partners import operations as partner_operations
from crm.partners import queries as partners
from crm.partners.drafts import NeedDraft, need_draft
from crm.partners.models import Need
from crm.rules import operations as rules
from crm.rules import queries as ruled
from crm.trials import operations, queries
from crm.trials.drafts import TrialDraft, trial_draft
from crm.trials.models import Trial, TrialKind
from crm.web.access import actor_id, requires
from crm.web.htmx import go, render
from crm.web.matches.model_words import SIGNALS
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import in_words

_FIRST_SIGNALS = ("text", "industry", "place", "size", "segment", "history")
_PERIODS = (4, 12, 26, 52)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: weights as written, and the need with its text."""

    weights: dict[str, str]
    need: Need | None
    title: str = ""
    text: str = ""
    weeks: str = "12"


@requires(Permission.COMPANY_READ)
def show() -> Response:
    """The form, with the text of the need in the address."""
    number = asked_number("need")
    need = partners.get_need(db(), number) if number else None
    typed = Typed(_percents(), need, need.title if need else "", need.text if need else "")
    return _page(typed)


@requires(Permission.ROUND_RUN)
def try_out() -> AnyResponse:
    """Ask the worker for what was typed."""
    typed = _typed()
    try:
        draft = _draft(typed)
    except CrmError as error:
        return _page(typed, complaints={error.field or "": in_words(error)})
    trial = operations.request(db(), actor_id(), draft, now=clock.now())
    db().commit()
    queue.wake(queue.open_queue(current_app.extensions["crm.settings"]), queue.Wake.TRIAL)
    return go(url_for("matches.trial", trial_id=trial.id))


@requires(Permission.COMPANY_READ)
def trial(trial_id: int) -> Response:
    """What came out, or how long it has been waiting; the form beside it to try on."""
    found = queries.get_trial(db(), trial_id)
    asked = found.asked
    weights = _percents() | {name: str(percent) for name, percent in asked["weights"].items()}
    need = partners.find_need(db(), int(asked["need_id"])) if asked.get("need_id") else None
    typed = Typed(weights, need, asked.get("title", ""), asked.get("text", ""), str(asked.get("weeks", 12)))
    return _page(typed, found)


@requires(Permission.RULES_WRITE)
def use_weights(trial_id: int) -> AnyResponse:
    """Let the weights of a trial count from the next round on."""
    asked = queries.get_trial(db(), trial_id).asked
    rules.set_weights(db(), actor_id(), asked["weights"], now=clock.now())
    db().commit()
    flash(gettext("Vektene er tatt i bruk. De gjelder fra neste runde."))
    return go(url_for("matches.rules", _anchor="weights"))


@requires(Permission.RULES_WRITE)
def usual_weights() -> AnyResponse:
    """Let every signal count as usual again."""
    rules.set_weights(db(), actor_id(), {}, now=clock.now())
    db().commit()
    flash(gettext("Alt teller som vanlig igjen, fra neste runde."))
    return go(url_for("matches.rules", _anchor="weights"))


@requires(Permission.PARTNER_WRITE)
def use_text(trial_id: int) -> AnyResponse:
    """Let a need have the text of a trial; Conflict where somebody has changed it meanwhile."""
    asked = queries.get_trial(db(), trial_id).asked
    need = partners.get_need(db(), int(asked["need_id"] or 0))
    draft = _with_text(need, asked["title"], asked["text"])
    partner_operations.update_need(db(), actor_id(), need, draft, seen=asked["seen"])
    db().commit()
    flash(gettext("Behovet har fått teksten du prøvde."))
    return go(url_for("needs.show", need_id=need.id))


def _with_text(need: Need, title: str, text: str) -> NeedDraft:
    """The need as it is, with another heading and text; InvalidInput where it may not be written."""
    checked = need_draft(title=title, text=text)
    kept = ("source", "valid_until", "contact_id", "shown_to_companies", "farthest_km", "demo")
    segments = frozenset(segment.code for segment in need.segments)
    return replace(checked, segments=segments, **{name: getattr(need, name) for name in kept})


def _typed() -> Typed:
    form = request.form
    names = [name.removeprefix("weight-") for name in form if name.startswith("weight-")]
    number = form.get("need_id", "")
    need = partners.get_need(db(), int(number)) if number.isdecimal() and len(number) < 10 else None
    return Typed(
        {name: form[f"weight-{name}"].strip() for name in names if name.isidentifier()},
        need,
        form.get("title", ""),
        form.get("text", ""),
        form.get("weeks", "12"),
    )


def _draft(typed: Typed) -> TrialDraft:
    weights: dict[str, int | None] = {
        name: int(said) if said.isdecimal() and len(said) < 5 else None
        for name, said in typed.weights.items()
    }
    kind = request.form.get("kind", "")
    if kind not in {known.value for known in TrialKind}:
        raise InvalidInput("Velg hva du vil prøve.")
    weeks = int(typed.weeks) if typed.weeks.isdecimal() and len(typed.weeks) < 4 else 0
    draft = trial_draft(TrialKind(kind), weights=weights, weeks=weeks)
    if typed.need is None or draft.kind is TrialKind.BACK_TEST:
        return draft
    checked = need_draft(title=typed.title, text=typed.text)
    return replace(
        draft, need_id=typed.need.id, title=checked.title, text=checked.text, seen=typed.need.version
    )


def _percents() -> dict[str, str]:
    """How much each signal counts now, in percent of the usual; those of the newest round's model."""
    done = matches.last_done(db())
    learned = (done.parameters.get("learned") or {}) if done else {}
    rule_set = ruled.rule_set(db())
    changed: dict[str, Any] = rule_set.weights if rule_set else {}
    names = [*(learned.get("weights") or _FIRST_SIGNALS)]
    return {name: str(changed.get(name, 100)) for name in names if name in SIGNALS}


def _page(typed: Typed, found: Trial | None = None, *, complaints: dict[str, str] | None = None) -> Response:
    in_use = _percents()
    tried = found.asked["weights"] if found else {}
    return render(
        "matches/what_if.html",
        fragment="matches/_trial.html" if found else None,
        trial=found,
        typed=typed,
        in_use=in_use,
        differs=any(str(percent) != in_use.get(name, "100") for name, percent in tried.items()),
        complaints=complaints or {},
        periods=_PERIODS,
        needs=partners.open_need_titles(db(), today=clock.today()),
        latest=[] if found else db().scalars(queries.latest()).all(),
        status=422 if complaints else 200,
    )
