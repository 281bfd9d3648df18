"""What the board shows: its filter, its columns with true counts, and the cards of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from crm import clock
from crm.activities import queries as activities
from crm.activities.models import FollowUp
from crm.companies import board
from crm.companies.drafts import BoardFilter
from crm.companies.models import RESTING, Lead, Stage
from crm.web.paging import asked_number
from crm.web.session import db

EACH = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A lead on the board, its next step, and for how many days it has been too quiet."""

    lead: Lead
    step: FollowUp | None
    silent: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A stage, how many leads stand there, the cards shown, and where the next ones begin."""

    stage: Stage
    count: int
    cards: Sequence[Card]
    after: str | None

    @property
    def rests(self) -> bool:
        return self.stage in RESTING


def asked() -> BoardFilter:
    """The filter in the address."""
    return BoardFilter(owner=asked_number("owner"), segment=request.args.get("segment", "").strip()[:40])


def given(wanted: BoardFilter) -> dict[str, str]:
    """The filter as an address says it."""
    named = {"owner": str(wanted.owner or ""), "segment": wanted.segment}
    return {name: value for name, value in named.items() if value}


def columns(wanted: BoardFilter) -> list[Column]:
    """Every column, the first cards of each."""
    counts = board.counts(db(), wanted)
    leads = db().scalars(board.leads(wanted, each=EACH)).unique().all()
    steps = activities.next_steps(db(), [lead.company_id for lead in leads])
    return [
        _column(stage, counts[stage], [lead for lead in leads if lead.stage is stage], steps)
        for stage in Stage
    ]


def more_of(wanted: BoardFilter, stage: Stage, after: tuple[str, int]) -> Column:
    """The cards of a column below one."""
    leads = db().scalars(board.column(wanted, stage, after=after).limit(EACH + 1)).unique().all()
    steps = activities.next_steps(db(), [lead.company_id for lead in leads])
    return _column(stage, 0, leads, steps)


def card_of(lead: Lead) -> Card:
    """One card, as it now stands."""
    step = activities.next_steps(db(), [lead.company_id]).get(lead.company_id)
    return Card(lead, step, lead.silent_days(clock.now()))


def _column(stage: Stage, count: int, leads: Sequence[Lead], steps: dict[int, FollowUp]) -> Column:
    now, shown = clock.now(), leads[:EACH]
    cards = [Card(lead, steps.get(lead.company_id), lead.silent_days(now)) for lead in shown]
    last = f"{shown[-1].board_key}.{shown[-1].id}" if len(leads) > EACH else None
    return Column(stage, count, cards, last)
