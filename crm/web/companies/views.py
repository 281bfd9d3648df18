"""Pages of companies and leads: the list, one company, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts.permissions import Permission
from crm.activities import queries as activities
from crm.activities.drafts import Subject
from crm.companies import operations, queries
from crm.companies.drafts import CompanyDraft, LeadDraft
from crm.companies.models import Company, Stage
from crm.duplicates.models import Kind
from crm.errors import InvalidInput, NotFound
from crm.fields import queries as fields
from crm.fields.models import Subject as OwnSubject
from crm.partners import operations as partners
from crm.partners.drafts import offer_draft
from crm.registry import queries as registry
from crm.registry.models import Unit
from crm.saved import queries as saved
from crm.web import alike, listing, logbox, words
from crm.web.access import actor_id, requires
from crm.web.addresses import own_path
from crm.web.companies import narrow, page, places
from crm.web.companies.forms import CompanyForm, LeadForm, MoveForm, ReachForm
from crm.web.forms import complaints_to
from crm.web.htmx import go, render, wants_fragment
from crm.web.led_on import led_on
from crm.web.session import db

blueprint = Blueprint("companies", __name__, url_prefix="/companies")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    wanted = listing.asked()
    shown, offered, columns = listing.shown(wanted), listing.offered(), listing.columns()
    headings, ids = listing.headings(offered), [company.id for company in shown.rows]
    own = any(column in offered.own for column in columns)
    return render(
        "companies/index.html",
        fragment="companies/_rows.html",
        page=shown,
        wanted=wanted,
        said=listing.in_words(wanted, offered),
        offered=offered,
        narrowed=narrow.chips(wanted, offered),
        steps=activities.next_steps(db(), ids) if "next_step" in columns else {},
        own_values=fields.values_of(db(), OwnSubject.COMPANY, ids) if own else {},
        headings=headings,
        on_list=narrow.only_list(wanted),
        stages=[(stage.value, str(words.STAGES[stage])) for stage in Stage],
        stage_options=page.stage_options(),
        columns=[column for column in columns if column in headings],
        views=db().scalars(saved.pinned_by(actor_id())).all(),
    )


@blueprint.get("/filter")
@requires(Permission.COMPANY_READ)
def add_filter() -> AnyResponse:
    """One more condition for the list: its field is chosen first, then what it shall be."""
    wanted = listing.asked()
    if "op" not in request.args:
        return narrow.page(wanted)
    try:
        return go(url_for("companies.index", **narrow.with_one_more(wanted)))
    except InvalidInput as error:
        return narrow.page(wanted, complaint=words.in_words(error))


@blueprint.get("/<int:company_id>")
@requires(Permission.COMPANY_READ)
def show(company_id: int) -> AnyResponse:
    try:
        return page.show(queries.get_company(db(), company_id))
    except NotFound as error:
        return led_on(Kind.COMPANY, company_id, error)


@blueprint.post("/<int:company_id>/log")
@requires(Permission.ACTIVITY_WRITE)
def log(company_id: int) -> AnyResponse:
    company = queries.get_company(db(), company_id)
    people, subject = page.people_at(company), Subject(company_id=company_id)
    form = logbox.new_form(people)
    if not logbox.take(subject, form, people):
        return page.show(company, log=form) if not wants_fragment() else _panel(subject, form, status=422)
    if not wants_fragment():
        return go(url_for("companies.show", company_id=company_id))
    return _panel(subject, logbox.fresh_form(people), status=200)


def _panel(subject: Subject, form: logbox.LogForm, *, status: int) -> Response:
    """The log panel alone, for a swap."""
    address = url_for("companies.log", company_id=subject.company_id)
    shown = logbox.panel(subject, form, address=address)
    told = page.events_of(subject.company_id or 0)
    return render("activities/_log_panel.html", panel=shown, events=told, swapped=True, status=status)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def new() -> AnyResponse:
    form = CompanyForm.posted(name=request.args.get("name", "")[:300])
    lead, hints = LeadForm.of(None), list[alike.Hint]()
    if request.method == "POST" and form.validate() and lead.validate():
        with complaints_to(form):
            draft, hints = form.draft(), alike.unseen(alike.companies(form.data))
            if not hints or any(hint.is_certain for hint in hints):
                return _create(draft, lead.draft())
    refused = bool(form.all_errors or hints)
    return render(
        "companies/new.html", form=form, lead_form=lead, hints=hints, status=422 if refused else 200
    )


def _create(draft: CompanyDraft, lead: LeadDraft) -> AnyResponse:
    company = operations.create_company(db(), actor_id(), draft, now=clock.now())
    operations.follow(db(), actor_id(), company, lead, now=clock.now())
    db().commit()
    return go(url_for("companies.show", company_id=company.id))


@blueprint.get("/register/<orgnr>")
@requires(Permission.COMPANY_READ)
def unit(orgnr: str) -> AnyResponse:
    """What the register says of a unit we may not follow yet."""
    known = queries.find_by_orgnr(db(), orgnr)
    if known is not None:
        return go(url_for("companies.show", company_id=known.id))
    found = _unit(orgnr)
    return render(
        "companies/unit.html",
        unit=found,
        workplaces=db().scalars(registry.workplaces(orgnr).limit(8)).all(),
        at_home=places.at_home(orgnr),
        lead_form=LeadForm.of(None),
    )


@blueprint.post("/register/<orgnr>/follow")
@requires(Permission.COMPANY_WRITE)
def follow_unit(orgnr: str) -> AnyResponse:
    """One press: the unit becomes a company of ours, and a lead."""
    company = operations.company_of_unit(db(), actor_id(), _unit(orgnr), now=clock.now())
    return _follow(company, source=gettext("Enhetsregisteret"))


@blueprint.post("/<int:company_id>/follow")
@requires(Permission.COMPANY_WRITE)
def follow(company_id: int) -> AnyResponse:
    return _follow(queries.get_company(db(), company_id))


def _follow(company: Company, *, source: str = "") -> AnyResponse:
    if company.lead is None:
        typed = LeadForm.of(None).draft()
        draft = replace(typed, source=typed.source or source)
        operations.follow(db(), actor_id(), company, page.with_own_segments(company, draft), now=clock.now())
        db().commit()
        flash(gettext("Du følger nå %(name)s.", name=company.name))
    return go(url_for("companies.show", company_id=company.id))


@blueprint.post("/<int:company_id>/unfollow")
@requires(Permission.COMPANY_WRITE)
def unfollow(company_id: int) -> AnyResponse:
    lead = queries.get_lead(db(), company_id)
    operations.unfollow(db(), actor_id(), lead)
    db().commit()
    flash(gettext("Vi følger ikke lenger virksomheten. Loggen er beholdt. Trykk «Følg» for å angre."))
    return go(url_for("companies.show", company_id=company_id))


@blueprint.route("/<int:company_id>/move", methods=["GET", "POST"])
@requires(Permission.COMPANY_WRITE)
def move(company_id: int) -> AnyResponse:
    """Move a lead; GET is the form alone, for a stage that needs a reason."""
    lead = queries.get_lead(db(), company_id)
    form = MoveForm.posted(stage=request.args.get("stage") or lead.stage.value)
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            operations.move_lead(db(), actor_id(), lead, form.draft(), now=clock.now())
            db().commit()
            flash(gettext("%(name)s er flyttet.", name=lead.company.name))
            here = url_for("companies.show", company_id=company_id)
            return go(own_path(request.form.get("next", ""), otherwise=here))
    company = queries.get_company(db(), company_id)
    return render("companies/move.html", company=company, move=form, status=422 if form.all_errors else 200)


@blueprint.post("/<int:company_id>/lead")
@requires(Permission.COMPANY_WRITE)
def change_lead(company_id: int) -> AnyResponse:
    company = queries.get_company(db(), company_id)
    form = LeadForm.of(company.lead)
    if form.validate():
        with complaints_to(form):
            operations.change_lead(db(), actor_id(), queries.get_lead(db(), company_id), form.draft())
            db().commit()
            return go(url_for("companies.show", company_id=company_id))
    return page.show(queries.get_company(db(), company_id), lead=form)


@blueprint.post("/<int:company_id>/cadence")
@requires(Permission.COMPANY_WRITE)
def set_cadence(company_id: int) -> AnyResponse:
    """How often we are in touch; an empty choice is no rhythm."""
    typed = request.form.get("cadence", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 4):
        raise InvalidInput("Velg en rytme mellom én dag og to år.", field="cadence")
    lead = queries.get_lead(db(), company_id)
    operations.set_cadence(db(), actor_id(), lead, int(typed) if typed else None)
    db().commit()
    return go(url_for("companies.show", company_id=company_id))


@blueprint.post("/<int:company_id>/reach")
@requires(Permission.COMPANY_WRITE)
def change_reach(company_id: int) -> AnyResponse:
    company = queries.get_company(db(), company_id)
    form = ReachForm.of(company)
    if form.validate():
        with complaints_to(form):
            operations.change_reach(db(), actor_id(), company, form.draft())
            db().commit()
            return go(url_for("companies.show", company_id=company_id))
    return page.show(queries.get_company(db(), company_id), reach=form)


@blueprint.post("/<int:company_id>/offers")
@requires(Permission.COMPANY_WRITE)
def add_offer(company_id: int) -> AnyResponse:
    """Write down what a company brings, which the matching reads."""
    company = queries.get_company(db(), company_id)
    draft = offer_draft(title=request.form.get("title", ""), text=request.form.get("text", ""))
    partners.create_offer(db(), actor_id(), company, draft)
    db().commit()
    return go(url_for("companies.show", company_id=company_id))


def _unit(orgnr: str) -> Unit:
    found = registry.find_unit(db(), orgnr)
    if found is None:
        raise NotFound("Ingen enhet i vår kopi av registeret har dette nummeret.")
    return found
