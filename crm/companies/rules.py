"""What a filter asks, as rules a database can look up, or check company by company along another index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, column, exists, func, or_, select, table, true
from sqlalchemy import union as union_of

from crm import clock
from crm.campaigns.models import campaign_companies
from crm.companies.conditions import FIELDS, Condition, Op, number_of
from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company, Lead, lead_segments
from crm.fields.models import OwnField, OwnValue, Subject
from crm.segments.models import Segment
from crm.spelling import fold, search_words
from crm.storage import finding
from crm.storage.plans import Unindexed

OF_COMPANY = frozenset({"municipality", "nace", "employees", "name"})
"""The fields that are facts of a company itself."""
# The table of a floor above ours, named as the database knows it.
_STEPS: Any = table("follow_ups", column("company_id"), column("done_at"), column("due_on", Date))
_KNOWN_BY = (
    Company.name_key,
    Company.orgnr,
    func.lower(Company.home_page),
    func.lower(Company.email),
    finding.digits_of(Company.phone),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in two ways: ``walking`` they are checked row by row, else each is looked up in its own index."""

    walking: bool = False
    key: Any = Company.id
    """The company's number: the company's own, or where no fact of it is asked, its lead's."""

    def of(self, wanted: CompanyFilter) -> list[ColumnElement[bool]]:
        """Everything a filter asks of a company joined with its lead."""
        rules = [*self._plain(wanted)]
        if wanted.any_of and wanted.where:
            rules.append(self._any(wanted.where))
        else:
            rules.extend(self.rule(one) for one in wanted.where)
        return rules

    def _plain(self, wanted: CompanyFilter) -> list[ColumnElement[bool]]:
        asked = [
            Condition("stage", Op.IS, (wanted.stage,)) if wanted.stage else None,
            Condition("owner", Op.IS, (str(wanted.owner),)) if wanted.owner else None,
            Condition("segment", Op.IS, (wanted.segment,)) if wanted.segment else None,
            Condition("municipality", Op.IS, (wanted.municipality,)) if wanted.municipality else None,
            Condition("nace", Op.IS, (wanted.nace,)) if wanted.nace else None,
        ]
        rules = [self.rule(one) for one in asked if one]
        return [*rules, self.text(wanted.q)] if wanted.q else rules

    def _any(self, conditions: tuple[Condition, ...]) -> ColumnElement[bool]:
        """Whether one of the conditions holds, each looked up by itself."""
        if self.walking:
            return or_(*(self.rule(one) for one in conditions))
        each = [_found(one).where(replace(self, key=Company.id).rule(one)) for one in conditions]
        return self.key.in_(union_of(*each))  # type: ignore[no-any-return]

    def rule(self, one: Condition) -> ColumnElement[bool]:
        """One condition as a rule."""
        if one.is_own:
            return self._own(one)
        special: dict[str, Callable[[Condition], ColumnElement[bool]]] = {
            "segment": self._segment,
            "list": self._list,
            "next_step": self._next_step,
            "nace": self._industry,
            "name": self._name,
        }
        if one.field in special:
            return special[one.field](one)
        return _compared(self._column(_COLUMNS[one.field]), one)

    def text(self, typed: str) -> ColumnElement[bool]:
        """Whether a company is known by what was typed: name, number, phone, e-mail or domain."""
        return finding.holds("find_companies", self.key, _KNOWN_BY, search_words(typed), walk=self.walking)

    def _column(self, of: Any) -> Any:
        return Unindexed(of) if self.walking else of

    def _within(self, key: Any, found: Select[Any], link: Any) -> ColumnElement[bool]:
        """Whether a key is among the rows found, or, row by row, whether there is such a row."""
        return exists(found.where(link == key)) if self.walking else key.in_(found)

    def _segment(self, one: Condition) -> ColumnElement[bool]:
        every = select(lead_segments.c.lead_id)
        if one.values:
            codes = select(Segment.id).where(Segment.code.in_(one.values))
            numbers = codes.scalar_subquery() if len(one.values) == 1 else codes
            of = lead_segments.c.segment_id
            every = every.where(of == numbers if len(one.values) == 1 else of.in_(numbers))
        held = self._within(Lead.id, every, lead_segments.c.lead_id)
        return or_(Lead.id.is_(None), ~held) if one.op in {Op.NOT, Op.EMPTY} else held

    def _list(self, one: Condition) -> ColumnElement[bool]:
        numbers = [int(value) for value in one.values]
        on = select(campaign_companies.c.company_id).where(campaign_companies.c.campaign_id.in_(numbers))
        held = self._within(self.key, on, campaign_companies.c.company_id)
        return ~held if one.op is Op.NOT else held

    def _next_step(self, one: Condition) -> ColumnElement[bool]:
        found = select(_STEPS.c.company_id).where(
            _STEPS.c.done_at.is_(None), _STEPS.c.company_id.is_not(None)
        )
        if one.values:
            found = found.where(or_(*(_on_day(_STEPS.c.due_on, one.op, value) for value in one.values)))
        held = self._within(self.key, found, _STEPS.c.company_id)
        return ~held if one.op is Op.EMPTY else held

    def _industry(self, one: Condition) -> ColumnElement[bool]:
        begins = or_(*(finding.begins_with(self._column(Company.industry), value) for value in one.values))
        return or_(Company.industry.is_(None), ~begins) if one.op is Op.NOT else begins

    def _name(self, one: Condition) -> ColumnElement[bool]:
        if one.op is Op.IS:
            return self._column(Company.name_key).in_([fold(value)[:400] for value in one.values])  # type: ignore[no-any-return]
        said = [
            finding.holds(
                "find_companies", self.key, (Company.name_key,), fold(value).split(), walk=self.walking
            )
            for value in one.values
        ]
        return ~or_(*said) if one.op is Op.LACKS else or_(*said)

    def _own(self, one: Condition) -> ColumnElement[bool]:
        of = select(OwnField.id).where(OwnField.subject == Subject.COMPANY, OwnField.code == one.code)
        found = select(OwnValue.company_id).where(
            OwnValue.field_id == of.scalar_subquery(), OwnValue.company_id.is_not(None)
        )
        if one.values:
            found = found.where(or_(*(_own_value(one.op, value) for value in one.values)))
        held = self._within(self.key, found, OwnValue.company_id)
        return ~held if one.op in {Op.NOT, Op.LACKS, Op.EMPTY, Op.SILENT} else held


def _found(one: Condition) -> Select[Any]:
    """Companies of a condition, with their leads where it is about them."""
    return select(Company.id) if one.field in OF_COMPANY else select(Company.id).outerjoin(Company.lead)


_COLUMNS: dict[str, Any] = {
    "municipality": Company.municipality_no,
    "employees": Company.employees,
    "stage": Lead.stage,
    "owner": Lead.owner_id,
    "source": Lead.source,
    "last_contact": Lead.last_contact_at,
    "stage_since": Lead.stage_since,
    "followed_since": Lead.created_at,
}


def _compared(of: Any, one: Condition) -> ColumnElement[bool]:
    """A column compared with the values of a condition."""
    empty = of == "" if one.field == "source" else of.is_(None)
    if one.op in {Op.EMPTY, Op.FILLED}:
        return empty if one.op is Op.EMPTY else ~empty  # type: ignore[no-any-return]
    if one.op in {Op.IS, Op.NOT}:
        values = [_typed(one.field, value) for value in one.values]
        same = of == values[0] if len(values) == 1 else of.in_(values)
        return or_(of.is_(None), ~same) if one.op is Op.NOT else same
    if one.field == "employees":
        numbers = [number_of(value) or 0 for value in one.values]
        return of >= min(numbers) if one.op is Op.MIN else of <= max(numbers)  # type: ignore[no-any-return]
    rules = [_at_moment(of, one.op, value) for value in one.values]
    return or_(of.is_(None), *rules) if one.op is Op.SILENT and FIELDS[one.field][1] else or_(*rules)


def _typed(field: str, value: str) -> Any:
    if field == "employees":
        return int(number_of(value) or 0)
    return int(value) if field == "owner" else value


def _at_moment(of: Any, op: Op, value: str) -> ColumnElement[bool]:
    """Whether a moment lies before or after a day, or within the last days; none is within no days."""
    if op is Op.LAST:
        return of >= _midnight(clock.today() - timedelta(days=int(value)))  # type: ignore[no-any-return]
    if op is Op.SILENT:
        return of < _midnight(clock.today() - timedelta(days=int(value)))  # type: ignore[no-any-return]
    day = date.fromisoformat(value)
    if op is Op.BEFORE:
        return of < _midnight(day)  # type: ignore[no-any-return]
    return of >= _midnight(day + timedelta(days=1))  # type: ignore[no-any-return]


def _on_day(of: Any, op: Op, value: str) -> ColumnElement[bool]:
    """Whether a day lies before or after another, or within so many days of today."""
    today = clock.today()
    if op is Op.NEXT:
        return of <= today + timedelta(days=int(value))  # type: ignore[no-any-return]
    if op in {Op.LAST, Op.SILENT}:
        return and_(of >= today - timedelta(days=int(value)), of <= today)
    day = date.fromisoformat(value)
    return of < day if op is Op.BEFORE else of > day  # type: ignore[no-any-return]


def _own_value(op: Op, value: str) -> ColumnElement[bool]:
    """Whether a value of an own field is so, whatever its kind."""
    if op in {Op.MIN, Op.MAX}:
        number = number_of(value) or 0.0
        return OwnValue.number >= number if op is Op.MIN else OwnValue.number <= number
    if op in {Op.BEFORE, Op.AFTER, Op.LAST, Op.SILENT, Op.NEXT}:
        return _on_day(OwnValue.day, op, value)
    if op in {Op.CONTAINS, Op.LACKS}:
        words = fold(value).split()
        return and_(true(), *(OwnValue.text_key.contains(word, autoescape=True) for word in words))
    same, number_typed = OwnValue.text_key == fold(value)[:400], number_of(value)
    return same if number_typed is None else or_(same, OwnValue.number == number_typed)


def _midnight(day: date) -> datetime:
    """The moment a day begins in Norway."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.OSLO)
