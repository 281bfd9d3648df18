"""The log of everything, putting lines right, and ticking follow-ups off."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.permissions import Permission
from crm.activities import operations, queries
from crm.activities.drafts import Subject, follow_up_draft
from crm.activities.models import Activity, FollowUp, Kind
from crm.companies import queries as companies
from crm.errors import Conflict, InvalidInput
from crm.web.access import actor_id, requires
from crm.web.activities import quick_log
from crm.web.activities.forms import EditForm, NextStepForm, PostponeForm
from crm.web.addresses import own_path
from crm.web.forms import complaints_to
from crm.web.htmx import go, render, wants_fragment
from crm.web.paging import asked_number, page_of
from crm.web.session import db

_LONGEST_LINE = 500
blueprint = Blueprint("activities", __name__, url_prefix="/activities")


@blueprint.get("/")
@requires(Permission.COMPANY_READ)
def index() -> Response:
    kind, by = request.args.get("kind", ""), asked_number("by")
    if kind and kind not in {known.value for known in Kind}:
        abort(400)
    rules = [Activity.kind == Kind(kind)] if kind else []
    rules += [Activity.by_id == by] if by else []
    total = db().scalar(select(func.count(Activity.id)).where(*rules)) or 0
    page = page_of(db(), queries.activities().where(*rules), total=total)
    people = db().scalars(accounts.colleagues()).all()
    given = {name: value for name, value in (("kind", kind), ("by", by)) if value}
    return render(
        "activities/index.html", page=page, people=people, kind=kind, by=by, given=given, kinds=Kind
    )


@blueprint.get("/new")
@requires(Permission.ACTIVITY_WRITE)
def new() -> Response:
    """The way to log from anywhere: one line that is read as it is typed, or whom to find."""
    line = request.args.get("line", "").strip()[:_LONGEST_LINE]
    if line:
        return quick_log.show(line)
    found = companies.search(db(), request.args.get("q", ""))
    recent = db().scalars(queries.activities().where(Activity.by_id == actor_id()).limit(12)).all()
    seen = {line.company.id: line.company for line in recent if line.company}
    return render(
        "activities/new.html", fragment="activities/_choices.html", found=found, recent=list(seen.values())
    )


@blueprint.post("/quick")
@requires(Permission.ACTIVITY_WRITE)
def quick() -> AnyResponse:
    """Log what the line was read as, with whatever was put right."""
    return quick_log.take(request.form.get("line", "").strip()[:_LONGEST_LINE])


@blueprint.route("/<int:activity_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTIVITY_WRITE)
def edit(activity_id: int) -> AnyResponse:
    line = queries.get_activity(db(), activity_id)
    form = EditForm.of(line)
    if request.method == "POST" and form.validate():
        with complaints_to(form):
            if form.version.data != line.version:
                raise Conflict(
                    "Noen andre har rettet denne oppføringen. Last siden på nytt, og se hva som står."
                )
            operations.update_activity(db(), actor_id(), line, form.draft(line))
            db().commit()
            return go(_page_of(line))
    return render("activities/edit.html", line=line, form=form, status=422 if form.all_errors else 200)


@blueprint.post("/<int:activity_id>/delete")
@requires(Permission.ACTIVITY_WRITE)
def delete(activity_id: int) -> AnyResponse:
    line = queries.get_activity(db(), activity_id)
    back = _page_of(line)
    operations.delete_activity(db(), actor_id(), line)
    db().commit()
    flash(gettext("Oppføringen er slettet. Sporet i historikken viser hva som sto."))
    return go(back)


@blueprint.post("/follow-ups/<int:follow_up_id>/finish")
@requires(Permission.ACTIVITY_WRITE)
def finish(follow_up_id: int) -> AnyResponse:
    step = queries.get_follow_up(db(), follow_up_id)
    if step.done_at is None:
        operations.finish(db(), actor_id(), step, now=clock.now())
        db().commit()
    return _ticked(step)


@blueprint.post("/follow-ups/<int:follow_up_id>/reopen")
@requires(Permission.ACTIVITY_WRITE)
def reopen(follow_up_id: int) -> AnyResponse:
    step = queries.get_follow_up(db(), follow_up_id)
    operations.reopen(db(), actor_id(), step)
    db().commit()
    return _ticked(step)


@blueprint.post("/follow-ups/<int:follow_up_id>/postpone")
@requires(Permission.ACTIVITY_WRITE)
def postpone(follow_up_id: int) -> AnyResponse:
    """Put a follow-up off to another day."""
    step = queries.get_follow_up(db(), follow_up_id)
    form = PostponeForm.posted()
    if not form.validate():
        raise InvalidInput("Velg en ny dag.", field="to")
    draft = follow_up_draft(text=step.text, due_on=form.to.data, owner_id=step.owner_id, today=clock.today())
    operations.postpone(db(), actor_id(), step, to=draft.due_on)
    db().commit()
    return _ticked(step)


@blueprint.post("/follow-ups/<int:follow_up_id>/next")
@requires(Permission.ACTIVITY_WRITE)
def plan_next(follow_up_id: int) -> AnyResponse:
    """After a step is done: the one that follows it, with the same company or partner."""
    done = queries.get_follow_up(db(), follow_up_id)
    form = NextStepForm.posted()
    if not form.validate():
        raise InvalidInput("Velg en ny dag.", field="to")
    draft = follow_up_draft(
        text=form.text.data or "", due_on=form.to.data, owner_id=done.owner_id, today=clock.today()
    )
    subject = Subject(company_id=done.company_id, partner_id=done.partner_id)
    step = operations.plan(db(), actor_id(), subject, draft)
    db().commit()
    return _ticked(queries.get_follow_up(db(), step.id))


def _ticked(step: FollowUp) -> AnyResponse:
    """The follow-up as it now stands, or the page the tick was pressed on."""
    if wants_fragment():
        shown = render_template(
            "activities/_follow_up.html",
            step=step,
            show_subject=bool(request.args.get("subject")),
        )
        return Response(shown)
    return go(own_path(request.form.get("next", ""), otherwise=url_for("week.index")))


def _page_of(line: Activity) -> str:
    if line.company_id:
        return url_for("companies.show", company_id=line.company_id)
    return url_for("partners.show", partner_id=line.partner_id)
