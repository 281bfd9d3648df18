"""Asking for a list as a file: what must be said first, and those too long to be waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from crm.companies.drafts import company_filter
from crm.errors import Conflict, InvalidInput, NotFound
from crm.exchange import listed
from crm.exchange.formats import FORMATS, PERSONAL, Listing
from crm.exchange.models import Export, ExportPart, ExportState
from crm.history import operations as history
from crm.spelling import tidy

KEPT = timedelta(days=7)
SILENT = timedelta(seconds=90)
PART = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A list somebody may have: its form, what it holds, what it is for, and what its file is called."""

    form: str
    listing: Listing
    purpose: str = ""
    file_name: str = ""
    told: dict[str, object] = field(default_factory=dict)


def wish(*, form: str, listing: Listing, purpose: str = "", file_name: str = "") -> Wish:
    """A wish from what was typed; InvalidInput for an unknown form, and for persons without a purpose."""
    if form not in FORMATS:
        raise InvalidInput("Velg hva slags fil du vil ha.", field="form")
    clean = tidy(purpose)[:200]
    personal = form in PERSONAL or any(column.personal for column in listing.columns)
    if personal and not clean:
        raise InvalidInput(
            "Skriv hva du skal bruke personene til, for eksempel «invitere til frokostmøte».", field="purpose"
        )
    told: dict[str, object] = {"format": form, "filter": listing.wanted.given}
    if form not in PERSONAL:
        told["columns"] = [column.name for column in listing.columns]
    if personal:
        told["purpose"] = clean
    return Wish(form=form, listing=listing, purpose=clean, file_name=tidy(file_name)[:200], told=told)


def note(session: Session, actor_id: int, wanted: Wish, *, rows: int, subject: Any) -> None:
    """An export leaves a line in the trail: who took out what, how much of it, and for what."""
    changes = wanted.told | {"rows": rows}
    history.record(session, actor_id, "list:export", subject=subject, changes=changes)


def ask(session: Session, actor_id: int, wanted: Wish, *, total: int, now: datetime) -> Export:
    """Ask the worker for a long list."""
    listing = wanted.listing
    made = Export(
        by_id=actor_id,
        form=wanted.form,
        file_name=wanted.file_name,
        given=listing.wanted.given,
        columns=[column.name for column in listing.columns],
        said={"title": listing.title, "about": [list(pair) for pair in listing.about]}
        | {"words": asdict(listing.words)},
        purpose=wanted.purpose,
        total=total,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def listing_of(session: Session, found: Export) -> Listing:
    """The list as it was asked for."""
    columns = listed.chosen(listed.offered(session), found.columns)
    about = tuple((what, how) for what, how in found.said["about"])
    words = listed.Wording(**found.said["words"])
    return Listing(company_filter(found.given), words, found.said["title"], about, columns)


def get_export(session: Session, export_id: int, actor_id: int) -> Export:
    """One's own list; NotFound for others' and for those that are gone."""
    found = session.scalar(mine(actor_id).where(Export.id == export_id))
    if found is None:
        raise NotFound("Fant ikke lista. Lister ligger klare i sju dager.")
    return found


def mine(actor_id: int) -> Select[Export]:
    """One's own lists, the newest first."""
    return select(Export).where(Export.by_id == actor_id).order_by(Export.id.desc())


def waiting(*, now: datetime) -> Select[Export]:
    """Lists a worker should take: asked for, or held by one that fell silent."""
    left = (Export.state == ExportState.WORKING) & (Export.claimed_at < now - SILENT)
    return select(Export).where(or_(Export.state == ExportState.WAITING, left)).order_by(Export.id)


def claim(session: Session, export_id: int, *, now: datetime) -> Export | None:
    """Take a list for one worker, from its beginning; None where another has it."""
    found = session.scalars(waiting(now=now).where(Export.id == export_id).with_for_update()).first()
    if found is not None:
        found.claim, found.claimed_at, found.state, found.done = (
            found.claim + 1,
            now,
            ExportState.WORKING,
            0,
        )
        session.execute(delete(ExportPart).where(ExportPart.export_id == export_id))
    return found


def held(session: Session, export_id: int, number: int, *, now: datetime) -> Export:
    """The list while its claim holds, renewed; Conflict where it was thrown away or overtaken."""
    found = session.get(Export, export_id, with_for_update=True)
    if found is None or found.claim != number or found.state is not ExportState.WORKING:
        raise Conflict("Lista ble kastet eller overtatt av en annen.")
    found.claimed_at = now
    return found


def add_part(session: Session, found: Export, number: int, content: bytes) -> None:
    session.add(ExportPart(export_id=found.id, number=number, content=content))


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file in pieces of at most ``PART``."""
    while piece := file.read(PART):
        yield piece


def parts(session: Session, export_id: int) -> Iterator[bytes]:
    """The pieces of a finished file, one at a time."""
    numbers: Sequence[int] = session.scalars(
        select(ExportPart.number).where(ExportPart.export_id == export_id).order_by(ExportPart.number)
    ).all()
    for number in numbers:
        found = session.get(ExportPart, (export_id, number))
        if found is not None:
            content = found.content
            session.expunge(found)
            yield content


def forget_old(session: Session, *, now: datetime) -> None:
    """Throw away lists nobody fetched in time."""
    session.execute(delete(Export).where(Export.created_at < now - KEPT))
