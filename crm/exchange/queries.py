"""Questions about spreadsheets taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from crm.accounts.models import User
from crm.accounts.permissions import Role
from crm.errors import NotFound
from crm.exchange.models import AT_WORK, Import, ImportFile, ImportRow, ImportState, Verdict


class PlannedRow(NamedTuple):
    """What is needed of a row to write it; see ``ImportRow``."""

    id: int
    number: int
    company_key: str
    company_id: int | None
    plan: dict[str, Any]


class WrittenRow(NamedTuple):
    """What is needed of a row to take back what was written for it."""

    id: int
    number: int
    written: list[list[Any]]


SILENT = timedelta(seconds=90)
_KEPT_APPLIED = (ImportState.APPLIED, ImportState.APPLYING)


def get_import(session: Session, import_id: int, user: User) -> Import:
    """An import of this user's; an administrator sees everybody's. NotFound otherwise."""
    found = session.scalars(imports(user).where(Import.id == import_id)).first()
    if found is None:
        raise NotFound("Fant ikke innlesingen. Den kan være slettet.")
    return found


def imports(user: User) -> Select[Import]:
    """A user's imports, newest first."""
    wanted = select(Import).options(joinedload(Import.by)).order_by(Import.id.desc())
    return wanted if user.role is Role.ADMINISTRATOR else wanted.where(Import.by_id == user.id)


def content_of(session: Session, import_id: int) -> bytes | None:
    """The bytes of a file; None once they are gone."""
    return session.scalar(select(ImportFile.content).where(ImportFile.import_id == import_id))


def applied_before(session: Session, sha256: str) -> Import | None:
    """The newest import of the very same bytes that was applied and not undone."""
    same = select(Import).where(Import.sha256 == sha256, Import.state.in_(_KEPT_APPLIED))
    return session.scalars(same.order_by(Import.id.desc()).limit(1)).first()


def latest_with(session: Session, header_key: str) -> Import | None:
    """The newest import with the same headings that somebody applied: its columns are remembered."""
    same = select(Import).where(Import.header_key == header_key, Import.applied_at.is_not(None))
    return session.scalars(same.order_by(Import.id.desc()).limit(1)).first()


def waiting(*, now: datetime) -> Select[Import]:
    """Imports a worker should take: asked for, and held by nobody or by one that fell silent."""
    free = or_(Import.claimed_at.is_(None), Import.claimed_at < now - SILENT)
    return select(Import).where(Import.state.in_(AT_WORK), free).order_by(Import.id)


def rows(import_id: int, verdict: Verdict | None = None) -> Select[ImportRow]:
    """The rows of a file in their order, all or those with one verdict."""
    wanted = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.number)
    return wanted.where(ImportRow.verdict == verdict) if verdict else wanted


def get_row(session: Session, import_id: int, number: int) -> ImportRow:
    found = session.scalars(rows(import_id).where(ImportRow.number == number)).first()
    if found is None:
        raise NotFound("Fant ikke raden. Fila kan være lest på nytt.")
    return found


def verdict_counts(session: Session, import_id: int) -> dict[str, int]:
    """How many rows there are of each verdict."""
    counted = select(ImportRow.verdict, func.count()).where(ImportRow.import_id == import_id)
    found = {row[0].value: row[1] for row in session.execute(counted.group_by(ImportRow.verdict))}
    return {verdict.value: found.get(verdict.value, 0) for verdict in Verdict}


def to_write(session: Session, import_id: int, *, after: int, limit: int) -> Sequence[PlannedRow]:
    """The next rows below a number that are to be written and have not been, in their order."""
    columns = select(
        ImportRow.id, ImportRow.number, ImportRow.company_key, ImportRow.company_id, ImportRow.plan
    )
    chosen = columns.where(
        ImportRow.import_id == import_id,
        ImportRow.written.is_(None),
        ImportRow.number > after,
        ImportRow.verdict.in_([Verdict.NEW, Verdict.UPDATED]),
    )
    found = session.execute(chosen.order_by(ImportRow.number).limit(limit))
    return [PlannedRow(*row) for row in found]


def written_keys(session: Session, import_id: int) -> dict[str, int]:
    """The companies an import has written so far, by what tells them apart in the file."""
    done = select(ImportRow.company_key, ImportRow.company_id).where(
        ImportRow.import_id == import_id, ImportRow.written.is_not(None), ImportRow.company_id.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(done) if row[1]}


def left_alone(import_id: int) -> Select[ImportRow]:
    """The rows that were not written, or not taken back, because somebody had changed something since."""
    said = cast(ImportRow.remarks, String)
    return rows(import_id).where(or_(said.contains('"LEFT"'), said.contains('"OVERTAKEN"')))


def to_undo(session: Session, import_id: int, *, before: int | None, limit: int) -> Sequence[WrittenRow]:
    """The next rows above a number that something was written for, the last first."""
    chosen = select(ImportRow.id, ImportRow.number, ImportRow.written).where(
        ImportRow.import_id == import_id, ImportRow.written.is_not(None)
    )
    if before is not None:
        chosen = chosen.where(ImportRow.number < before)
    found = session.execute(chosen.order_by(ImportRow.number.desc()).limit(limit))
    return [WrittenRow(row[0], row[1], row[2] or []) for row in found]
