"""What happened in a period, counted once for the whole and once for each segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from crm.activities.models import Activity, Kind, Outcome
from crm.companies.models import Company, Lead, Stage, lead_segments
from crm.history.models import Entry
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, Suggestion
from crm.partners.models import need_segments
from crm.reporting.period import Period

_REAL = and_(
    Activity.kind != Kind.NOTE, or_(Activity.outcome.is_(None), Activity.outcome != Outcome.NOT_REACHED)
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many suggestions got yes, not now and no; a pair suggested twice counts once."""

    suggested: int = 0
    yes: int = 0
    no: int = 0

    @property
    def decided(self) -> int:
        return self.yes + self.no


@dataclass(frozen=True, slots=True)
class Counts:
    """One period: leads by stage at its end, and what was done in it."""

    stages: Counter[Stage] = field(default_factory=Counter)
    new_leads: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    contacted: int = 0
    introductions: int = 0
    met: int = 0
    suggestions: Share = field(default_factory=Share)
    established: tuple[str, ...] = ()

    @property
    def leads(self) -> int:
        return sum(self.stages.values())

    @property
    def contacts(self) -> int:
        """Real contacts: notes and calls nobody took are none."""
        return sum(self.kinds.values())

    @property
    def meetings(self) -> int:
        return self.kinds[Kind.MEETING] + self.kinds[Kind.VISIT]


def counts(session: Session, period: Period, *, segment_id: int | None = None) -> Counts:
    """Everything counted for a period; of one segment where it is given."""
    leads = _in_segment(segment_id)
    return Counts(
        stages=Counter(_stages_at(session, period.ends, leads).values()),
        new_leads=session.scalar(_one(func.count(Lead.id), _within(Lead.created_at, period), *leads)) or 0,
        kinds=_kinds(session, period, segment_id),
        contacted=session.scalar(_contacted(period, segment_id)) or 0,
        introductions=_introductions(session, period, segment_id, Introduction.created_at),
        met=_introductions(
            session,
            period,
            segment_id,
            Introduction.state_since,
            Introduction.state == IntroductionState.MET,
        ),
        suggestions=_suggestions(session, period, segment_id),
        established=_established(session, period, leads),
    )


def _one(counted: Any, *rules: ColumnElement[bool]) -> Select[Any]:
    return select(counted).where(*rules)


def _within(column: Any, period: Period) -> ColumnElement[bool]:
    return and_(column >= period.begins, column < period.ends)


def _in_segment(segment_id: int | None) -> tuple[ColumnElement[bool], ...]:
    if segment_id is None:
        return ()
    members = select(lead_segments.c.lead_id).where(lead_segments.c.segment_id == segment_id)
    return (Lead.id.in_(members),)


def _stages_at(
    session: Session, moment: datetime, rules: tuple[ColumnElement[bool], ...]
) -> dict[int, Stage]:
    """Where each lead of today stood at a moment: as now, with every later move taken back."""
    asked = select(Lead.id, Lead.stage).where(Lead.created_at < moment, *rules)
    stages: dict[int, Stage] = {row[0]: row[1] for row in session.execute(asked)}
    moved = select(Entry.subject_id, Entry.changes).where(
        Entry.subject == "leads", Entry.action == "lead:move", Entry.at >= moment
    )
    for lead_id, changes in session.execute(moved.order_by(Entry.at.desc(), Entry.id.desc())):
        if lead_id in stages and changes.get("stage"):
            stages[lead_id] = Stage(changes["stage"][0])
    return stages


def _kinds(session: Session, period: Period, segment_id: int | None) -> Counter[Kind]:
    asked = select(Activity.kind, func.count(Activity.id)).where(
        _REAL, _within(Activity.happened_at, period), *_about_segment(segment_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(asked.group_by(Activity.kind))})


def _contacted(period: Period, segment_id: int | None) -> Select[int]:
    asked = select(func.count(distinct(Activity.company_id)))
    return asked.where(_REAL, _within(Activity.happened_at, period), *_about_segment(segment_id))


def _about_segment(segment_id: int | None) -> tuple[ColumnElement[bool], ...]:
    if segment_id is None:
        return ()
    return (Activity.company_id.in_(select(Lead.company_id).where(*_in_segment(segment_id))),)


def _introductions(
    session: Session, period: Period, segment_id: int | None, at: Any, *rules: ColumnElement[bool]
) -> int:
    asked = select(func.count(Introduction.id)).where(_within(at, period), *rules)
    return session.scalar(asked.where(*_of_needs(Introduction.need_id, segment_id))) or 0


def _of_needs(column: Any, segment_id: int | None) -> tuple[ColumnElement[bool], ...]:
    if segment_id is None:
        return ()
    return (column.in_(select(need_segments.c.need_id).where(need_segments.c.segment_id == segment_id)),)


def _suggestions(session: Session, period: Period, segment_id: int | None) -> Share:
    """Pairs suggested in the period's rounds; the firmest answer counts."""
    said = case(
        (func.max(case((Suggestion.answer == Answer.YES, 1), else_=0)) == 1, Answer.YES.value),
        (func.max(case((Suggestion.answer == Answer.NO, 1), else_=0)) == 1, Answer.NO.value),
    ).label("said")
    pairs = (
        select(Suggestion.need_id, said)
        .join(Suggestion.run)
        .where(_within(MatchRun.created_at, period), *_of_needs(Suggestion.need_id, segment_id))
        .group_by(Suggestion.need_id, Suggestion.company_id)
        .subquery()
    )
    counted = select(
        func.count(),
        func.count(case((pairs.c.said == Answer.YES.value, 1))),
        func.count(case((pairs.c.said == Answer.NO.value, 1))),
    ).select_from(pairs)
    return Share(*session.execute(counted).one())


def _established(session: Session, period: Period, rules: Iterable[ColumnElement[bool]]) -> tuple[str, ...]:
    """Companies that came all the way in the period, and still stand there, by name."""
    asked = (
        select(Company.name)
        .join(Company.lead)
        .where(Lead.stage == Stage.ESTABLISHED, _within(Lead.stage_since, period), *rules)
    )
    return tuple(session.scalars(asked.order_by(Company.sort_key)))
