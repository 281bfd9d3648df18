"""Questions about the board: how many leads stand at each stage, and the cards of its columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from crm.companies.drafts import BoardFilter
from crm.companies.models import Lead, Stage, lead_segments
from crm.segments.models import Segment

_PLACE = (Lead.board_key, Lead.id)


def counts(session: Session, wanted: BoardFilter) -> dict[Stage, int]:
    """How many leads stand in each column of a board, shown or not."""
    counted = select(Lead.stage, func.count()).group_by(Lead.stage)
    if wanted.owner:
        counted = counted.where(Lead.owner_id == wanted.owner)
    if wanted.segment:
        counted = counted.join(lead_segments, lead_segments.c.lead_id == Lead.id)
        counted = counted.where(lead_segments.c.segment_id == _segment(wanted.segment))
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {stage: found.get(stage, 0) for stage in Stage}


def leads(wanted: BoardFilter, *, each: int) -> Select[Lead]:
    """The first leads of every column, ``each`` of them and one more where there are more."""
    tops = [
        select(Lead.id).where(Lead.stage == stage, *_on_board(wanted)).order_by(*_PLACE).limit(each + 1)
        for stage in Stage
    ]
    shown = union_all(*(select(top.subquery().c.id) for top in tops))
    return select(Lead).where(Lead.id.in_(shown)).options(*_card()).order_by(*_PLACE)


def column(wanted: BoardFilter, stage: Stage, *, after: tuple[str, int]) -> Select[Lead]:
    """The leads of a column below one, given as its key and id."""
    below = tuple_(Lead.board_key, Lead.id) > after
    chosen = select(Lead).where(Lead.stage == stage, below, *_on_board(wanted))
    return chosen.options(*_card()).order_by(*_PLACE)


def keys(session: Session, company_ids: Collection[int]) -> dict[int, str]:
    """The places of the leads of some companies."""
    found = session.scalars(select(Lead).where(Lead.company_id.in_(company_ids)))
    return {lead.company_id: lead.board_key for lead in found}


def _on_board(wanted: BoardFilter) -> list[ColumnElement[bool]]:
    rules = [Lead.owner_id == wanted.owner] if wanted.owner else []
    return rules + ([_in_segment(wanted.segment)] if wanted.segment else [])


def _in_segment(code: str) -> ColumnElement[bool]:
    """Whether a lead is in a segment, asked lead by lead: a column shows a few of thousands."""
    segment = _segment(code)
    of_lead = lead_segments.c.lead_id == Lead.id
    return exists(select(lead_segments.c.lead_id).where(of_lead, lead_segments.c.segment_id == segment))


def _segment(code: str) -> ScalarSelect[int]:
    return select(Segment.id).where(Segment.code == code).scalar_subquery()


def _card() -> tuple[Any, ...]:
    return (joinedload(Lead.company), joinedload(Lead.owner), selectinload(Lead.segments))
