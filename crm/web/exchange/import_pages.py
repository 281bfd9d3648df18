"""The pages of an import, one for each place it can stand at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

from flask import Response, current_app, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from crm.accounts.models import User
from crm.exchange import queries
from crm.exchange import rejects as refused
from crm.exchange.drafts import choices_of, reading_of
from crm.exchange.fields import PERSON, Field
from crm.exchange.models import AT_WORK, Import, ImportState, Verdict
from crm.settings import Settings
from crm.sheets.opening import Wanted, look
from crm.sheets.tables import Form, letter
from crm.web.exchange import import_wording as wording
from crm.web.htmx import go, render, wants_fragment
from crm.web.paging import page_of
from crm.web.session import db

_EARLIER = 15
_SAMPLES = 3
_ROWS = 40
_KEEPABLE = (
    Field.NAME,
    Field.MUNICIPALITY,
    Field.ADDRESS,
    Field.INDUSTRY,
    Field.EMPLOYEES,
    Field.HOME_PAGE,
    Field.EMAIL,
    Field.PHONE,
    Field.STAGE,
    Field.OWNER,
    Field.SOURCE,
    Field.PERSON_EMAIL,
    Field.PERSON_PHONE,
    Field.TITLE,
)


def settings() -> Settings:
    return cast("Settings", current_app.extensions["crm.settings"])


def first(*, problem: str = "", status: int = 200) -> Response:
    """Where a file is chosen."""
    earlier = db().scalars(queries.imports(current_user.user).limit(_EARLIER)).unique().all()
    return render(
        "exchange/index.html",
        problem=problem,
        earlier=earlier,
        wording=wording,
        most=settings().max_upload_mb,
        status=status,
    )


def of(found: Import) -> Response:
    """The page an import stands at."""
    if found.state in AT_WORK:
        return render(
            "exchange/progress.html", fragment="exchange/_progress.html", found=found, wording=wording
        )
    if found.state is ImportState.READY:
        return verdicts(found)
    if found.state in {ImportState.APPLIED, ImportState.UNDONE}:
        return _receipt(found)
    return columns(found)


def columns(
    found: Import, *, problem: str = "", given: Sequence[str] | None = None, status: int = 200
) -> Response:
    """How the file is read, and what its columns are, each with samples and a way to change it."""
    content, kept = queries.content_of(db(), found.id), reading_of(found.reading)
    asked = Wanted(kept.encoding, kept.delimiter, kept.sheet, kept.header)
    seen = look(content, asked) if content is not None else None
    chosen = list(given or found.columns)
    places = [
        {
            "letter": letter(place),
            "name": name,
            "field": chosen[place],
            "samples": _samples(seen, place),
        }
        for place, name in enumerate(found.header)
    ]
    return render(
        "exchange/columns.html",
        found=found,
        problem=problem or _sentence(found),
        reading=kept,
        sheets=seen.sheets if seen else (),
        top=[row for row in seen.top if not row.empty][:8] if seen else [],
        columns=places,
        choices=choices_of(found.choices),
        form=request.form,
        keepable=[field for field in _KEEPABLE if field.value in chosen],
        has_people=bool({field.value for field in PERSON} & set(chosen)),
        before=queries.applied_before(db(), found.sha256),
        is_text=kept.form is Form.CSV,
        wording=wording,
        status=status,
    )


def _samples(seen: Any, place: int) -> list[str]:
    cells = (row.cells[place].strip() for row in seen.sample) if seen else ()
    return list(dict.fromkeys(cell for cell in cells if cell))[:_SAMPLES]


def _sentence(found: Import) -> str:
    """Why an import stopped, in the reader's language."""
    sentence = found.message
    return str(gettext(sentence, **found.message_values)) if sentence else ""


def needs_a_yes(found: Import) -> bool:
    """Whether something should be looked at before the rest is written."""
    left = found.counts.get("rejected", 0) + found.counts.get("duplicate", 0)
    return bool(left) or queries.applied_before(db(), found.sha256) is not None


def verdicts(found: Import, *, problem: str = "", status: int = 200) -> Response:
    """The verdict on each row, to be looked through before anything is written."""
    asked = request.args.get("verdict", "")
    chosen = Verdict(asked) if asked in set(Verdict) else None
    total = found.counts.get(chosen.value if chosen else "read", 0)
    page = page_of(db(), queries.rows(found.id, chosen), total=total, size=_ROWS)
    return render(
        "exchange/verdicts.html",
        fragment="exchange/_rows.html",
        problem=problem or _sentence(found),
        page=page,
        given={"import_id": found.id, **({"verdict": chosen.value} if chosen else {})},
        status=status,
        **_summary(found, chosen),
        **_shared(found),
    )


def _summary(found: Import, chosen: Verdict | None = None) -> dict[str, Any]:
    """What stands above the rows."""
    return {
        "found": found,
        "chosen": chosen,
        "needs_a_yes": needs_a_yes(found),
        "before": queries.applied_before(db(), found.sha256),
        "to_write": found.counts.get("new", 0) + found.counts.get("updated", 0),
    }


def row_face(import_id: int, number: int) -> AnyResponse:
    """One row after it was changed; the whole page where the browser runs no script."""
    if not wants_fragment():
        return go(
            url_for("imports.show", import_id=import_id, _anchor=f"row-{number}", verdict=_asked_verdict())
        )
    found = queries.get_import(db(), import_id, current_user.user)
    asked = _asked_verdict()
    chosen = Verdict(asked) if asked in set(Verdict) else None
    row = queries.get_row(db(), import_id, number)
    return render(
        "exchange/changed.html", row=row, changed=True, oob=True, **_summary(found, chosen), **_shared(found)
    )


def _asked_verdict() -> str | None:
    return request.form.get("verdict") or None


def _shared(found: Import) -> dict[str, Any]:
    people = {row[0]: row[1] for row in db().execute(select(User.id, User.name))}
    name = next((place for place, field in enumerate(found.columns) if field == Field.NAME), None)
    orgnr = next((place for place, field in enumerate(found.columns) if field == Field.ORGNR), None)
    taken = [place for place, field in enumerate(found.columns) if field != Field.NONE]
    return {
        "wording": wording,
        "people": people,
        "name_at": name,
        "orgnr_at": orgnr,
        "taken": taken,
        "letter": letter,
    }


def _receipt(found: Import) -> Response:
    """What was written, and how to take it back."""
    left = db().scalars(queries.left_alone(found.id).limit(_ROWS)).all()
    return render("exchange/receipt.html", found=found, left=left, **_shared(found))


def rejects(found: Import) -> Response:
    """The refused rows as a file."""
    content, form = refused.as_file(db(), found, heading=gettext("Hva er galt"), say=wording.remark)
    base = found.name.rpartition(".")[0] or found.name
    return send_file(
        io.BytesIO(content),
        as_attachment=True,
        download_name=f"{base}-{gettext('avvist')}.{form.value}",
        mimetype="text/csv" if form is Form.CSV else None,
    )
