"""Questions about how suggestions fared: what was answered, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from crm.companies.models import Company, Lead
from crm.matches.drafts import NO_REASONS
from crm.matches.intervals import wilson
from crm.matches.models import SUGGESTED, Answer, Introduction, IntroductionState, MatchRun, Suggestion
from crm.matchmaker.planning.week_rules import SMALL_BELOW
from crm.partners.models import Need, Partner
from crm.segments.models import Segment

FEWEST = 5


class Outcome(StrEnum):
    """What may come of a suggestion, and is compared."""

    YES = "yes"
    OPENED = "opened"
    MET = "met"


@dataclass(frozen=True, slots=True)
class Tally:
    """How some suggestions fared, each company counted once for each need."""

    suggested: int
    yes: int
    not_now: int
    no: int
    opened: int
    met: int

    @property
    def answered(self) -> int:
        return self.yes + self.not_now + self.no

    @property
    def decided(self) -> int:
        """Answers that settle it: «not now» tells nothing of how well the pair fits."""
        return self.yes + self.no

    @property
    def enough(self) -> bool:
        """Whether there are answers enough for a share to mean anything."""
        return self.decided >= FEWEST

    @property
    def share(self) -> float:
        return self.yes / self.decided

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.yes, self.decided)

    def of(self, outcome: Outcome) -> tuple[int, int]:
        """How many came to an outcome, and of how many."""
        if outcome is Outcome.YES:
            return self.yes, self.decided
        return (self.opened if outcome is Outcome.OPENED else self.met), self.suggested


def in_all(session: Session, since: str) -> Tally:
    """Every suggestion of the rounds from a week on."""
    return Tally(*session.execute(_tallies(since)).one())


def by_segment(session: Session, since: str) -> list[tuple[Segment, Tally]]:
    """Segment by segment; a need in two segments counts in both."""
    asked = _tallies(since).add_columns(Segment).join(Need.segments).group_by(Segment.id)
    return list(_rows(session, asked.order_by(Segment.position, Segment.id)))


def by_partner(session: Session, since: str) -> list[tuple[Partner, Tally]]:
    asked = _tallies(since).add_columns(Partner).join(Need.partner).group_by(Partner.id)
    return list(_rows(session, asked.order_by(Partner.sort_key, Partner.id)))


def by_source(session: Session, since: str) -> list[tuple[str | None, Tally]]:
    """By where we had the company from; None for those nobody followed before they were suggested."""
    ours = and_(Lead.id.is_not(None), Lead.source != SUGGESTED)
    source = case((ours, Lead.source), else_=None).label("source")
    asked = _tallies(since).add_columns(source).outerjoin(Lead, Lead.company_id == Company.id)
    return sorted(_rows(session, asked.group_by(source)), key=lambda row: (-row[1].suggested, row[0] or ""))


def by_size(session: Session, since: str) -> dict[bool, Tally]:
    """Companies known to have ten employees or more are True; smaller and unknown ones False."""
    large = case((Company.employees >= SMALL_BELOW, 1), else_=0).label("large")
    asked = _tallies(since).add_columns(large).group_by("large").order_by("large")
    return {bool(size): tally for size, tally in _rows(session, asked)}


def reasons_for_no(session: Session, since: str) -> list[tuple[str, int]]:
    """Why people said no, the commonest first; what they added is left out."""
    asked = select(Suggestion.answer_reason, func.count()).join(Suggestion.run)
    asked = asked.where(MatchRun.week >= since, Suggestion.answer == Answer.NO)
    counted: Counter[str] = Counter()
    for reason, number in session.execute(asked.group_by(Suggestion.answer_reason)):
        code = reason.partition(": ")[0]
        counted[code if code in NO_REASONS else "other"] += number
    return sorted(counted.items(), key=lambda row: (-row[1], NO_REASONS.index(row[0])))


def _rows(session: Session, asked: Select[Any]) -> Iterator[tuple[Any, Tally]]:
    for *counts, key in session.execute(asked):
        yield key, Tally(*counts)


def _tallies(since: str) -> Select[int, int, int, int, int, int]:
    """The six counts of a tally, over every pair with its need, company and introduction."""
    return _counted(_pairs(since))


def by_lot(session: Session, since: str) -> dict[bool, Tally]:
    """The pairs the model never chose, drawn by lot, are True; those it chose False."""
    pair = _pairs(since)
    return {
        bool(drawn): tally
        for drawn, tally in _rows(session, _counted(pair).add_columns(pair.c.drawn).group_by(pair.c.drawn))
    }


def _counted(pair: Subquery) -> Select[int, int, int, int, int, int]:
    brought = and_(Introduction.need_id == pair.c.need_id, Introduction.company_id == pair.c.company_id)
    return (
        select(
            func.count(pair.c.need_id),
            _how_many(pair.c.answer == Answer.YES.value),
            _how_many(pair.c.answer == Answer.NOT_NOW.value),
            _how_many(pair.c.answer == Answer.NO.value),
            func.count(Introduction.id),
            _how_many(Introduction.state == IntroductionState.MET),
        )
        .select_from(pair)
        .join(Need, Need.id == pair.c.need_id)
        .join(Company, Company.id == pair.c.company_id)
        .outerjoin(Introduction, brought)
    )


def _pairs(since: str) -> Subquery:
    """Each need and company brought up since, with what was said at last: a yes or a no over «not now»."""
    said = case(
        (_ever(Answer.YES) == 1, Answer.YES.value),
        (_ever(Answer.NO) == 1, Answer.NO.value),
        (_ever(Answer.NOT_NOW) == 1, Answer.NOT_NOW.value),
    ).label("answer")
    drawn = func.min(case((Suggestion.control, 1), else_=0)).label("drawn")
    asked = select(Suggestion.need_id, Suggestion.company_id, said, drawn).join(Suggestion.run)
    return asked.where(MatchRun.week >= since).group_by(Suggestion.need_id, Suggestion.company_id).subquery()


def _ever(answer: Answer) -> ColumnElement[int]:
    return func.max(case((Suggestion.answer == answer, 1), else_=0))


def _how_many(rule: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((rule, 1), else_=0)), 0)
