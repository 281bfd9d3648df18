"""Acts on look-alikes: two made one in one transaction, and two again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, insert, select, update
from sqlalchemy.orm import Session

from crm.activities import queries as activities
from crm.companies import operations as companies
from crm.companies import queries as company_queries
from crm.companies.models import Company, Lead
from crm.contacts.models import Contact
from crm.duplicates import choices, fusing, queries
from crm.duplicates.choices import TABLES, Choices
from crm.duplicates.drafts import Pair
from crm.duplicates.journal import Journal, in_blocks, row_of
from crm.duplicates.likeness import Likeness
from crm.duplicates.models import UNDONE_WITHIN, CompanyPair, ContactPair, Kind, Merge, PairSearch
from crm.duplicates.searching import Found
from crm.duplicates.unfusing import Left, Unfusing
from crm.errors import Conflict
from crm.history import operations as history

_MODELS: Mapping[Kind, type[Company | Contact]] = {Kind.COMPANY: Company, Kind.CONTACT: Contact}
# What the keys and the counters of a record are made of; nobody asked for them by name.
_ALONG = {
    *("version", "name_key", "sort_key", "email_key", "board_key", "stage_since", "created_at", "demo"),
    *("last_contact_at", "last_contact_kind", "last_contact_by_id", "contact_due_on"),
    *("facts_at", "facts_source", "municipality_no", "industry", "industry_standard", "company_id"),
}


def merge(
    session: Session, actor_id: int, pair: Pair, chosen: Choices, *, now: datetime, seen: str | None = None
) -> Merge:
    """Make two records one, with the fields chosen and the best guess for the rest; nothing is lost.

    ``seen`` are the versions somebody looked at (see ``Compared``); Conflict where they are others now.
    """
    session.flush()
    before = queries.compare(session, pair)
    if seen is not None and seen != before.versions:
        raise Conflict("Noen andre har endret en av dem. Se gjennom på nytt, og slå sammen en gang til.")
    if before.refused:
        raise Conflict(before.refused)
    journal, rules = Journal(session), choices.rules(chosen)
    table = TABLES[pair.kind]
    rows = row_of(session, table, {"id": pair.first}), row_of(session, table, {"id": pair.second})
    merged = choices.values(table, *rows, chosen)
    fusing.absorb(journal, table, pair.second, pair.first, rules)
    journal.change(table, pair.second, merged)
    session.expire_all()
    kept = session.get_one(_MODELS[pair.kind], pair.second)
    _show_newest_contact(journal, pair)
    made = _write_down(session, actor_id, pair, before, journal, now=now)
    told = _told(journal, table.name, pair)
    named = {"merged": [made.lost_name, made.kept_name]} if pair.kind is Kind.COMPANY else {"merged": None}
    history.record(session, actor_id, f"{pair.kind}:merge", subject=kept, changes=told | named)
    return made


def undo(session: Session, actor_id: int, found: Merge, *, now: datetime) -> Sequence[Left]:
    """Make one record two again as they were; what has been changed since stays, and is named.

    Conflict when it is too late, or when the one kept was merged into another since.
    """
    if not found.can_be_undone(now):
        raise Conflict("Sammenslåingen er alt angret, eller den er mer enn 30 dager gammel.")
    if found.now_id != found.kept_id:
        raise Conflict("Oppføringen er slått sammen med en annen siden. Angre den sammenslåingen først.")
    session.flush()
    _refuse_taken(session, found)
    unfusing, model = Unfusing(session), _MODELS[found.kind]
    unfusing.take_back(found.steps)
    session.expire_all()
    found.undone_at, found.undone_by_id, found.steps = now, actor_id, []
    for number in (found.kept_id, found.lost_id):
        subject = session.get_one(model, number)
        history.record(session, actor_id, f"{found.kind}:merge-undone", subject=subject, changes={})
    return [left for left in unfusing.left if left.field not in _ALONG]


def begin_search(session: Session, *, now: datetime) -> int:
    """Write down that everything is looked through; gives the number of the search."""
    search = PairSearch(started_at=now)
    session.add(search)
    session.flush()
    return search.id


def keep_pairs(session: Session, kind: Kind, found: Sequence[Found]) -> int:
    """Let the queue hold these pairs, but for those said to be two; how many are to be looked at."""
    model = queries.PAIRS[kind]
    kept = {(row.first_id, row.second_id): row for row in session.scalars(select(model))}
    there = queries.existing(session, kind, {number for one in found for number in (one.first, one.second)})
    wanted = {(one.first, one.second): one.likeness for one in found if {one.first, one.second} <= there}
    for ends, row in kept.items():
        if row.apart_at is None and ends not in wanted:
            session.delete(row)
    fresh = [_pair(ends, like) for ends, like in wanted.items() if ends not in kept]
    for ends in wanted.keys() & kept.keys():
        row, like = kept[ends], wanted[ends]
        row.points, row.reasons = like.points, [list(reason) for reason in like.reasons]
    session.flush()
    for block in in_blocks(fresh):
        session.execute(insert(model), block)
    return sum(kept[ends].apart_at is None if ends in kept else True for ends in wanted)


def finish_search(session: Session, search_id: int, counts: Mapping[str, int], *, now: datetime) -> None:
    search = session.get_one(PairSearch, search_id)
    search.finished_at = now
    for name, number in counts.items():
        setattr(search, name, number)


def keep_apart(session: Session, actor_id: int, pair: CompanyPair | ContactPair, *, now: datetime) -> None:
    """These are two, for good; the queue does not ask again."""
    pair.apart_at, pair.apart_by_id = now, actor_id
    history.record(session, actor_id, "pair:apart", subject=pair, changes={})


def ask_again(session: Session, actor_id: int, pair: CompanyPair | ContactPair) -> None:
    """Take it back that these are two."""
    pair.apart_at, pair.apart_by_id = None, None
    history.record(session, actor_id, "pair:ask-again", subject=pair, changes={})


def forget_steps(session: Session, *, now: datetime) -> int:
    """Forget how merges too old to be undone were made; that they were made stays. How many."""
    stands = Merge.undone_at.is_(None), cast(Merge.steps, String) != "[]"
    old = update(Merge).where(Merge.at < now - UNDONE_WITHIN, *stands)
    done: Any = session.execute(old.values(steps=[]).execution_options(synchronize_session=False))
    return int(done.rowcount)


def _pair(ends: tuple[int, int], like: Likeness) -> dict[str, Any]:
    reasons = [list(reason) for reason in like.reasons]
    return {"first_id": ends[0], "second_id": ends[1], "points": like.points, "reasons": reasons}


def _refuse_taken(session: Session, found: Merge) -> None:
    """Conflict where what may exist but once of the lost one belongs to another by now."""
    table = TABLES[found.kind]
    lost = next(step[2] for step in reversed(found.steps) if step[:2] == ["removed", table.name])
    orgnr = lost.get("orgnr")
    holder = company_queries.find_by_orgnr(session, orgnr) if orgnr else None
    given_away = holder is not None and holder.id != found.kept_id
    if given_away or session.get(_MODELS[found.kind], found.lost_id) is not None:
        raise Conflict("Nummeret er tatt i bruk av en annen siden, så sammenslåingen kan ikke angres.")


def _show_newest_contact(journal: Journal, pair: Pair) -> None:
    """Let the lead of a merged company show the newest contact of both, and count its rhythm from it."""
    session = journal.session
    lead = session.scalar(select(Lead).where(Lead.company_id == pair.second))
    if pair.kind is not Kind.COMPANY or lead is None:
        return
    table = Lead.__table__
    before = row_of(session, table, {"id": lead.id})  # type: ignore[arg-type]
    newest = activities.newest_contact(session, pair.second)
    if newest and (lead.last_contact_at is None or newest.happened_at > lead.last_contact_at):
        lead.last_contact_at, lead.last_contact_by_id = newest.happened_at, newest.by_id
        lead.last_contact_kind = newest.kind.value
    companies.plan_contact(lead)
    session.flush()
    journal.note(table, lead.id, before, row_of(session, table, {"id": lead.id}))  # type: ignore[arg-type]


def _write_down(
    session: Session, actor_id: int, pair: Pair, before: queries.Compared, journal: Journal, *, now: datetime
) -> Merge:
    made = Merge(
        kind=pair.kind,
        kept_id=pair.second,
        lost_id=pair.first,
        kept_name=before.names[1],
        lost_name=before.names[0],
        actor_id=actor_id,
        at=now,
        counts=[asdict(count) for count in before.counts],
        steps=journal.steps,
    )
    made.company_id = pair.second if pair.kind is Kind.COMPANY else None
    made.contact_id = pair.second if pair.kind is Kind.CONTACT else None
    session.add(made)
    session.flush()
    return made


def _told(journal: Journal, table: str, pair: Pair) -> dict[str, object]:
    """What became other on the record that was kept, for its trail; of persons the fields alone."""
    changed: dict[str, Any] = {}
    for step in journal.steps:
        if step[0] == "changed" and step[1] == table and step[2] == pair.second:
            changed |= {name: pairs for name, pairs in step[3].items() if name not in _ALONG}
    return dict(changed) if pair.kind is Kind.COMPANY else dict.fromkeys(changed)
