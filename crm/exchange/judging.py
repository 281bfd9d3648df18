"""Verdicts on a whole file, kept row by row; a block at a time, so that neither memory nor a lock grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.codes import queries as codes
from crm.exchange import queries
from crm.exchange.cells import RowReader
from crm.exchange.drafts import choices_of
from crm.exchange.fields import Field, columns_of
from crm.exchange.models import Answer, Import, ImportRow, Verdict
from crm.exchange.parsing import Meaning
from crm.exchange.remarks import Remark
from crm.exchange.rulings import Answers, Ruling
from crm.exchange.verdicts import Judge
from crm.registry.writing import Writer
from crm.segments import queries as segments
from crm.sheets.tables import Row
from crm.spelling import fold

BLOCK = 1000


def judge_of(session: Session, found: Import, *, today: date) -> Judge:
    """A judge for the rows of a file, as its columns and choices are."""
    choices = choices_of(found.choices)
    meaning = Meaning(
        municipalities=_municipalities(session),
        segments=_segments(session),
        people=_people(session),
        today=today,
        day_form=choices.day_form,
        decimal=choices.decimal,
    )
    columns = columns_of([Field(name) for name in found.columns])
    return Judge(RowReader(columns, found.header, meaning), keep=choices.keep)


def blocks(rows: Iterable[Row], size: int = BLOCK) -> Iterator[list[Row]]:
    """The rows in blocks."""
    left = iter(rows)
    while block := list(islice(left, size)):
        yield block


def clear(session: Session, import_id: int) -> None:
    """Forget the verdicts there are."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))


def keep(session: Session, import_id: int, rulings: Sequence[Ruling]) -> None:
    """Write down a block of rulings."""
    fixed = {"import_id": import_id, "answer": Answer.NONE, "written": None}
    made = [fixed | as_values(ruling) for ruling in rulings]
    if made:
        with Writer(session.connection()) as writer:
            writer.insert(ImportRow.__table__, made)  # type: ignore[arg-type]


def as_values(ruling: Ruling) -> dict[str, object]:
    """A ruling as the columns of its row."""
    return {
        "number": ruling.number,
        "line": ruling.line,
        "cells": list(ruling.cells),
        "verdict": ruling.verdict,
        "company_key": ruling.company_key,
        "company_id": ruling.company_id,
        "plan": ruling.plan,
        "remarks": [remark.as_json() for remark in ruling.remarks],
    }


def reject(session: Session, import_id: int, conflicts: Sequence[tuple[int, Remark]]) -> None:
    """Reject rows that later ones speak against; each sentence once."""
    seen: dict[int, list[Remark]] = {}
    for number, remark in conflicts:
        seen.setdefault(number, []).append(remark)
    for number, remarks in seen.items():
        row = queries.get_row(session, import_id, number)
        row.verdict = Verdict.REJECTED
        row.remarks = [*row.remarks, *[remark.as_json() for remark in remarks[:3]]]


def left_out(found: Import, rows: Iterable[Row], counted: Counter[int]) -> Iterator[Row]:
    """The rows as they pass, counting the filled cells of columns that are not taken in."""
    aside = [place for place, name in enumerate(found.columns) if name == Field.NONE]
    for row in rows:
        for place in aside:
            if row.cells[place].strip():
                counted[place] += 1
        yield row


def judge_again(
    session: Session, found: Import, row: ImportRow, *, cells: Sequence[str], today: date
) -> None:
    """A new verdict on one row, with its cells as they now are and what was answered of it."""
    judge = judge_of(session, found, today=today)
    answers = answers_of(row)
    given = Row(row.number, tuple(cells), row.line)
    (ruling,) = judge.judge(session, [given], {row.number: answers})
    values = as_values(ruling)
    values["plan"] = ruling.plan | {"answers": row.plan.get("answers", {})}
    session.execute(update(ImportRow).where(ImportRow.id == row.id).values(**values))


def answers_of(row: ImportRow) -> Answers:
    return {kind: (Answer(given), number) for kind, (given, number) in row.plan.get("answers", {}).items()}


def counts(session: Session, found: Import) -> dict[str, object]:
    """How many rows there are, and of each verdict."""
    verdicts = queries.verdict_counts(session, found.id)
    return found.counts | {"read": sum(verdicts.values()), **verdicts}


def _municipalities(session: Session) -> dict[str, tuple[str, str]]:
    """Municipalities by number and by name; a name two of them have stands for neither."""
    every = [(one.number, one.name) for one in session.scalars(codes.municipalities())]
    names = Counter(fold(name) for _number, name in every)
    known = {number: (number, name) for number, name in every}
    return known | {fold(name): (number, name) for number, name in every if names[fold(name)] == 1}


def _segments(session: Session) -> dict[str, str]:
    return {
        fold(name): one.code
        for one in session.scalars(segments.segments())
        for name in (one.code, one.name_nb, one.name_nn, one.name_en)
        if name
    }


def _people(session: Session) -> dict[str, int]:
    """Colleagues by name and address; a name two of them have stands for neither."""
    users = session.scalars(accounts.users()).all()
    names = Counter(fold(user.name) for user in users)
    found = {user.email_key: user.id for user in users}
    return found | {fold(user.name): user.id for user in users if names[fold(user.name)] == 1}
