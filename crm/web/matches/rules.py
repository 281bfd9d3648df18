"""«Ukens regler»: to read for everybody, to change for those who lead the work."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.permissions import Permission
from crm.companies import operations as company_operations
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.errors import CrmError, InvalidInput
from crm.matches import queries as matches
from crm.orgnr import parse_orgnr
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.rules import operations, queries
from crm.rules.drafts import MOST, WeekRulesDraft, check
from crm.web.access import actor_id, requires
from crm.web.forms import CrmForm, complaints_to
from crm.web.htmx import go, render
from crm.web.matches.rule_forms import GROUPS, PAIR_KINDS, PairRuleForm, WeekRulesForm
from crm.web.paging import asked_number
from crm.web.session import db
from crm.web.words import in_words


@requires(Permission.COMPANY_READ)
def show() -> Response:
    return _page()


@requires(Permission.RULES_WRITE)
def change() -> AnyResponse:
    form: WeekRulesForm = WeekRulesForm.posted()
    if form.validate():
        with complaints_to(form):
            operations.set_rules(db(), actor_id(), form.draft(), seen=form.version.data, now=clock.now())
            return _saved(gettext("Reglene er lagret. De gjelder fra neste runde."))
    return _page(rules_form=form)


@requires(Permission.RULES_WRITE)
def capacity() -> AnyResponse:
    """Limits of single partners and developers, all of them in one press."""
    complaints = {}
    for name, typed in request.form.items():
        kind, _, number = name.partition("-")
        if kind in {"partner", "user"} and number.isdecimal():
            try:
                _set_capacity(kind, int(number), typed.strip())
            except CrmError as error:
                complaints[name] = in_words(error)
    if complaints:
        db().rollback()
        return _page(complaints=complaints)
    return _saved(gettext("Grensene er lagret. De gjelder fra neste runde."), anchor="capacity")


def _set_capacity(kind: str, number: int, typed: str) -> None:
    if typed and not (typed.isdecimal() and len(typed) < 6):
        check(-1, MOST, field="most")
    most = int(typed) if typed else None
    side = {"partner_id": number} if kind == "partner" else {"user_id": number}
    operations.set_capacity(db(), actor_id(), most, **side)


@requires(Permission.RULES_WRITE)
def add_pair() -> AnyResponse:
    form = PairRuleForm.of(posted=True)
    if form.validate():
        with complaints_to(form):
            draft = form.draft(_company(form.company.data or "").id)
            operations.add_pair_rule(db(), actor_id(), draft, now=clock.now())
            return _saved(gettext("Regelen er lagret."), anchor="pairs")
    return _page(pair_form=form)


def _company(typed: str) -> Company:
    """The company somebody named; one of the register becomes ours, without a lead."""
    if sum(map(str.isdigit, typed)) >= 9:
        orgnr = parse_orgnr(typed, demo=True)
        known = companies.find_by_orgnr(db(), orgnr)
        unit = None if known else registry.find_unit(db(), orgnr)
        if unit:
            known = company_operations.company_of_unit(db(), actor_id(), unit, now=clock.now())
            db().flush()
        found = [known] if known else []
    else:
        found = list(companies.search(db(), typed, limit=4))
        same = [one for one in found if one.name.casefold() == typed.strip().casefold()]
        found = same if len(same) == 1 else found
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidInput("Fant ingen virksomhet med dette navnet eller nummeret.", field="company")
    named = ", ".join(f"{one.name} ({one.orgnr or '–'})" for one in found[:3])
    raise InvalidInput(
        "Flere passer. Skriv nummeret til den du mener: %(names)s.", field="company", names=named
    )


@requires(Permission.RULES_WRITE)
def remove_pair(rule_id: int) -> AnyResponse:
    entry = operations.remove_pair_rule(db(), actor_id(), queries.get_pair_rule(db(), rule_id))
    db().commit()
    return go(url_for("matches.rules", removed=entry.id, _anchor="pairs"))


@requires(Permission.RULES_WRITE)
def restore_pair(entry_id: int) -> AnyResponse:
    operations.restore_pair_rule(db(), actor_id(), entry_id, now=clock.now())
    return _saved(gettext("Regelen er tilbake."), anchor="pairs")


def _saved(sentence: str, *, anchor: str = "") -> AnyResponse:
    db().commit()
    flash(sentence)
    return go(url_for("matches.rules", _anchor=anchor or None))


def _page(
    *,
    rules_form: WeekRulesForm | None = None,
    pair_form: PairRuleForm | None = None,
    complaints: dict[str, str] | None = None,
) -> Response:
    rules = queries.rule_set(db()) or WeekRulesDraft()
    limits = queries.capacities(db())
    people = db().scalars(accounts.colleagues()).all()
    tried: list[CrmForm | None] = [rules_form, pair_form]
    return render(
        "matches/rules.html",
        rules=rules,
        form=rules_form or WeekRulesForm.of(rules),
        groups=GROUPS,
        partners=[(key, name, limits.partners.get(key)) for key, name in partners.partner_names(db())],
        people=[(one.id, one.name, limits.developers.get(one.id)) for one in people],
        complaints=complaints or {},
        pairs=db().scalars(queries.pair_rules()).all(),
        pair_kinds=PAIR_KINDS,
        pair_form=pair_form or PairRuleForm.of(),
        last=matches.last_done(db()),
        removed=asked_number("removed"),
        status=422 if complaints or any(form and form.all_errors for form in tried) else 200,
    )
