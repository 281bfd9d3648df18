"""Acts on spreadsheets taken in, up to the moment they are applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crm.errors import Conflict, InvalidInput
from crm.exchange import judging, mapping, queries
from crm.exchange.drafts import Choices
from crm.exchange.fields import Field
from crm.exchange.models import AT_WORK, Answer, Import, ImportFile, ImportState
from crm.history import operations as history
from crm.partners.markings import refuse_marked_file
from crm.sheets.opening import Look, Wanted, look
from crm.spelling import tidy

CHANGEABLE = (ImportState.RECEIVED, ImportState.READY, ImportState.FAILED)


def receive(session: Session, actor_id: int | None, name: str, content: bytes, *, now: datetime) -> Import:
    """Keep a file and guess how it is read and what its columns are; InvalidInput where it is no table."""
    seen = look(content)
    refuse_marked_file(name, content)
    made = Import(
        by_id=actor_id, name=tidy(name)[-200:] or "tabell", sha256=hashlib.sha256(content).hexdigest()
    )
    made.state, made.created_at = ImportState.RECEIVED, now
    session.add(made)
    session.flush()
    session.add(ImportFile(import_id=made.id, content=content))
    _take_look(session, made, seen)
    made.choices = Choices(day_form=seen.day_form, decimal=seen.decimal).as_json()
    history.record(session, actor_id, "import:receive", subject=made, changes={})
    return made


def read_otherwise(session: Session, found: Import, wanted: Wanted) -> Look:
    """Read a file in another way, and guess its columns anew; what was judged before is gone."""
    seen = look(_content(session, found), wanted)
    _refuse_unless(found, CHANGEABLE)
    _take_look(session, found, seen)
    found.choices = found.choices | {"day_form": seen.day_form.value, "decimal": seen.decimal.value}
    found.state, found.message = ImportState.RECEIVED, ""
    return seen


def reopen(session: Session, found: Import) -> None:
    """Go back to how a file is read and what its columns are."""
    _content(session, found)
    _refuse_unless(found, CHANGEABLE)
    found.state, found.message = ImportState.RECEIVED, ""


def request_verdicts(session: Session, found: Import, fields: Sequence[Field], choices: Choices) -> None:
    """Ask the worker for a verdict on each row."""
    _refuse_unless(found, CHANGEABLE)
    _content(session, found)
    found.columns, found.choices = [field.value for field in fields], choices.as_json()
    _hand_over(found, ImportState.READING)


def request_applying(session: Session, actor_id: int | None, found: Import) -> None:
    """Ask the worker to write the rows; Conflict unless their verdicts are in."""
    _refuse_unless(found, (ImportState.READY,))
    _hand_over(found, ImportState.APPLYING)
    history.record(session, actor_id, "import:apply", subject=found, changes={"rows": found.counts})


def request_undoing(session: Session, actor_id: int | None, found: Import) -> None:
    """Ask the worker to take back what was written, also of an import under way."""
    _refuse_unless(found, (ImportState.APPLIED, ImportState.APPLYING))
    _hand_over(found, ImportState.UNDOING)
    history.record(session, actor_id, "import:undo", subject=found, changes={})


def discard(session: Session, found: Import) -> None:
    """Throw a file away that was never applied, with everything read from it."""
    _refuse_unless(found, (*CHANGEABLE, ImportState.READING))
    forget_content(session, found)
    session.delete(found)


def claim(session: Session, import_id: int, *, now: datetime) -> Import | None:
    """Take an import for one worker; None where another has it or there is nothing to do."""
    found = session.scalars(queries.waiting(now=now).where(Import.id == import_id).with_for_update()).first()
    if found is not None:
        found.claim, found.claimed_at = found.claim + 1, now
    return found


def held(session: Session, import_id: int, number: int, *, now: datetime) -> Import:
    """The import while its claim holds, renewed; Conflict where another took over or somebody stopped it."""
    found = session.get(Import, import_id, with_for_update=True)
    if found is None or found.claim != number or found.state not in AT_WORK:
        raise Conflict("Innlesingen ble stanset eller overtatt av en annen.")
    found.claimed_at = now
    return found


def finish(found: Import, state: ImportState, *, now: datetime) -> None:
    """Let go of an import that has come to the end of what was asked for."""
    found.state, found.claimed_at, found.message, found.message_values = state, None, "", {}
    if state is ImportState.APPLIED:
        found.applied_at = now
    if state is ImportState.UNDONE:
        found.undone_at = now


def forget_content(session: Session, found: Import) -> None:
    """Throw the bytes of a file away; its rows stay."""
    session.execute(delete(ImportFile).where(ImportFile.import_id == found.id))


def _hand_over(found: Import, state: ImportState) -> None:
    """A new claim number keeps whoever worked on it before from writing any more."""
    found.state, found.claimed_at, found.claim = state, None, found.claim + 1
    found.done, found.message, found.message_values = 0, "", {}


def _take_look(session: Session, found: Import, seen: Look) -> None:
    found.reading, found.header = asdict(seen.reading), list(seen.header)
    found.header_key = mapping.key_of(seen.header)
    before = queries.latest_with(session, found.header_key)
    kept = dict(zip(before.header, before.columns, strict=False)) if before else {}
    remembered = mapping.remembered(seen.header, {mapping.plain(name): field for name, field in kept.items()})
    fields = (
        remembered
        if before and remembered
        else mapping.guess(seen.header, [row.cells for row in seen.sample])
    )
    found.columns = [field.value for field in fields]


def _content(session: Session, found: Import) -> bytes:
    content = queries.content_of(session, found.id)
    if content is None:
        raise Conflict("Fila er ikke lenger lagret hos oss. Last den opp på nytt.")
    return content


def _refuse_unless(found: Import, states: Sequence[ImportState]) -> None:
    if found.state not in states:
        raise Conflict("Dette kan ikke gjøres med innlesingen slik den står nå. Last siden på nytt.")


def answer(session: Session, found: Import, number: int, given: str, *, today: date) -> None:
    """Say whether a row means the record it was likened to; InvalidInput for another answer."""
    _refuse_unless(found, (ImportState.READY,))
    row = queries.get_row(session, found.id, number)
    if given not in {Answer.SAME.value, Answer.OTHER.value, Answer.SKIP.value}:
        raise InvalidInput(
            "Velg om det er den samme, en annen, eller om raden skal legges til side.", field="answer"
        )
    asked = row.plan.get("duplicate") or {}
    kind, record = ("row", 0) if given == Answer.SKIP else (asked.get("kind", "row"), asked.get("id", 0))
    row.plan = row.plan | {"answers": row.plan.get("answers", {}) | {kind: [given, record]}}
    row.answer = Answer(given)
    judging.judge_again(session, found, row, cells=row.cells, today=today)
    found.counts = judging.counts(session, found)


def correct(session: Session, found: Import, number: int, cells: Mapping[int, str], *, today: date) -> None:
    """Put cells of a row right, by column from 0, and judge the row anew."""
    _refuse_unless(found, (ImportState.READY,))
    row = queries.get_row(session, found.id, number)
    corrected = [cells.get(place, cell)[:10_001] for place, cell in enumerate(row.cells)]
    judging.judge_again(session, found, row, cells=corrected, today=today)
    found.counts = judging.counts(session, found)
