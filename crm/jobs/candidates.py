"""Who may be suggested this week, and for what: companies of ours and units of the register, as profiles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from sqlalchemy import or_
from sqlalchemy.orm import Session

from crm.codes import queries as codes
from crm.companies import queries as companies
from crm.companies.models import Company, Stage
from crm.fields import queries as fields
from crm.fields.models import Subject
from crm.jobs.deeds import read_deeds
from crm.jobs.industries import Industries, read_industries
from crm.matches import queries as matches
from crm.matches.models import Answer
from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, PastVerdict
from crm.partners import queries as partners
from crm.partners.models import Need
from crm.registry import queries as registry
from crm.registry.models import Unit
from crm.segments import queries as segments
from crm.storage.engines import Database

Position = tuple[float | None, float | None]
_NOWHERE: Position = (None, None)


@dataclass(slots=True)
class Gathered:
    """A round's input. ``company_ids`` leads from a profile's key to the company that exists already."""

    companies: list[CompanyProfile] = field(default_factory=list)
    needs: list[NeedProfile] = field(default_factory=list)
    verdicts: list[PastVerdict] = field(default_factory=list)
    barred: set[tuple[str, str]] = field(default_factory=set)
    company_ids: dict[str, int] = field(default_factory=dict)
    known: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What every profile is made with."""

    industries: Industries
    positions: dict[str, Position]
    offers: dict[int, str]
    partner_offers: dict[int, str]
    wishes: dict[str, str]
    told: dict[int, str]
    deeds: dict[int, tuple[Evidence, ...]]
    needs_told: dict[int, str]
    segments_of: Callable[[tuple[str, ...]], tuple[str, ...]]

    def position(self, municipality_no: str | None) -> Position:
        return self.positions.get(municipality_no or "", _NOWHERE)


def gather(database: Database, *, today: date) -> Gathered:
    """Everything the round works on, in two short reading transactions."""
    gathered = Gathered()
    with database.Read() as session:
        around = _surroundings(session, today=today)
        _take_needs(session, gathered, around, today=today)
        seen = _take_known(session, gathered, around, today=today)
        _take_answers(session, gathered, today=today)
    with database.Read() as session:
        _take_units(session, gathered, around, leave_out=seen)
    return gathered


def gather_need(session: Session, need_id: int, *, today: date) -> Gathered:
    """One need, as a round would take it; nothing where it is closed, past its day or gone."""
    gathered, around = Gathered(), _surroundings(session, today=today)
    for need in session.scalars(partners.needs(today=today).where(Need.id == need_id)):
        _take_need(need, gathered, around)
    return gathered


def take_companies(session: Session, gathered: Gathered, keys: Sequence[str], *, today: date) -> None:
    """Which of some profiles' keys are companies of ours; those that may not be offered are barred."""
    ids = [int(key.removeprefix("company-")) for key in keys if key.startswith("company-")]
    ours = companies.known().where(or_(Company.id.in_(ids), Company.orgnr.in_(keys)))
    for company in session.scalars(ours):
        key = company.orgnr or f"company-{company.id}"
        gathered.company_ids[key] = company.id
        if not _may_be_suggested(company, today):
            gathered.barred |= {(need.key, key) for need in gathered.needs}
    _bar_answered(session, gathered, today=today)


def _surroundings(session: Session, *, today: date) -> _Surroundings:
    prefixes = segments.industry_prefixes(session)

    @cache
    def segments_of(industries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(segments.segments_of_industries(prefixes, industries)))

    return _Surroundings(
        industries=read_industries(session),
        positions=dict(codes.positions(session)),
        offers=partners.offer_texts(session),
        partner_offers=partners.partner_offer_texts(session),
        wishes=partners.wishes(session, today=today),
        told=fields.matching_texts(session, Subject.COMPANY),
        deeds=read_deeds(session),
        needs_told=fields.matching_texts(session, Subject.NEED),
        segments_of=segments_of,
    )


def _take_needs(session: Session, gathered: Gathered, around: _Surroundings, *, today: date) -> None:
    for need in session.scalars(partners.needs(today=today)):
        _take_need(need, gathered, around)
    gathered.needs.sort(key=lambda need: int(need.key))


def _take_need(need: Need, gathered: Gathered, around: _Surroundings) -> None:
    gathered.needs.append(_need_profile(need, around))
    if need.partner.orgnr:  # nobody is introduced to itself
        gathered.barred.add((str(need.id), need.partner.orgnr))


def read_needs(database: Database, need_ids: Collection[int], *, today: date) -> list[NeedProfile]:
    """Some needs, open or closed, as profiles."""
    with database.Read() as session:
        around = _surroundings(session, today=today)
        chosen = partners.needs(today=today, all_of=True).where(Need.id.in_(need_ids))
        return [_need_profile(need, around) for need in session.scalars(chosen)]


def _need_profile(need: Need, around: _Surroundings) -> NeedProfile:
    latitude, longitude = around.position(need.partner.municipality_no)
    return NeedProfile(
        key=str(need.id),
        title=need.title,
        text=_joined(need.text, around.needs_told.get(need.id, "")),
        segments=tuple(segment.code for segment in need.segments),
        partner=need.partner.name,
        municipality_no=need.partner.municipality_no,
        latitude=latitude,
        longitude=longitude,
        offers=around.partner_offers.get(need.partner_id, ""),
        constraints={"max_km": need.farthest_km} if need.farthest_km else {},
    )


def _take_known(session: Session, gathered: Gathered, around: _Surroundings, *, today: date) -> set[str]:
    """Our own companies; the numbers of all of them, so that the register does not bring them again."""
    ours = session.scalars(companies.known()).all()
    numbers = [company.orgnr for company in ours if company.orgnr]
    units = registry.by_orgnrs(session, numbers)
    for company in ours:
        key = company.orgnr or f"company-{company.id}"
        gathered.company_ids[key] = company.id
        if _may_be_suggested(company, today):
            unit = units.get(company.orgnr or "")
            gathered.companies.append(_company_profile(key, company, unit, around))
    gathered.known = len(gathered.companies)
    return set(numbers)


def _may_be_suggested(company: Company, today: date) -> bool:
    """Not the closed, not the lost, and the parked only when their day has come."""
    lead = company.lead
    if company.closed or (lead and lead.stage is Stage.LOST):
        return False
    parked = lead is not None and lead.stage is Stage.PARKED
    return not parked or bool(lead and lead.wake_on and lead.wake_on <= today)


def _company_profile(key: str, company: Company, unit: Unit | None, around: _Surroundings) -> CompanyProfile:
    held = around.industries.of_unit(unit) if unit else around.industries.of_company(company)
    chosen = tuple(segment.code for segment in company.lead.segments) if company.lead else ()
    latitude, longitude = around.position(company.municipality_no)
    return CompanyProfile(
        key=key,
        name=company.name,
        text=_joined(company.purpose, *_texts(unit), around.told.get(company.id, "")),
        nace=held.codes,
        nace_standard=held.standard,
        nace_names=held.names,
        employees=company.employees,
        municipality_no=company.municipality_no,
        latitude=latitude,
        longitude=longitude,
        form=company.form,
        segments=chosen or around.segments_of(held.in_2025),
        offers=around.offers.get(company.id, ""),
        wishes=around.wishes.get(company.orgnr or "", ""),
        evidence=around.deeds.get(company.id, ()),
    )


def _take_units(session: Session, gathered: Gathered, around: _Surroundings, *, leave_out: set[str]) -> None:
    prefixes = segments.industry_prefixes(session)
    for unit in registry.matchable(session, prefixes):
        if unit.orgnr not in leave_out:
            gathered.companies.append(_unit_profile(unit, around))
            gathered.units += 1


def _unit_profile(unit: Unit, around: _Surroundings) -> CompanyProfile:
    held = around.industries.of_unit(unit)
    latitude, longitude = around.position(unit.municipality_no)
    return CompanyProfile(
        key=unit.orgnr,
        name=unit.name,
        text=_joined(*_texts(unit)),
        nace=held.codes,
        nace_standard=held.standard,
        nace_names=held.names,
        employees=unit.employees,
        municipality_no=unit.municipality_no,
        latitude=latitude,
        longitude=longitude,
        form=unit.form,
        segments=around.segments_of(held.in_2025),
    )


def _texts(unit: Unit | None) -> Sequence[str]:
    return (unit.purpose, unit.activity) if unit else ()


def _joined(*texts: str) -> str:
    """The texts one under the other, each once: many companies have the same purpose and activity."""
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _take_answers(session: Session, gathered: Gathered, *, today: date) -> None:
    """What was answered so far, and the pairs not to be offered again."""
    keys = {company_id: key for key, company_id in gathered.company_ids.items()}
    gathered.verdicts = list(_verdicts(session, keys))
    _bar_answered(session, gathered, today=today)


def _bar_answered(session: Session, gathered: Gathered, *, today: date) -> None:
    keys = {company_id: key for key, company_id in gathered.company_ids.items()}
    for need_id, company_id in matches.barred_pairs(session, today=today):
        if company_id in keys:
            gathered.barred.add((str(need_id), keys[company_id]))


def _verdicts(session: Session, keys: dict[int, str]) -> Iterator[PastVerdict]:
    for said in matches.said(session):
        if said.answer is not Answer.NOT_NOW and said.company_id in keys:
            yield PastVerdict(
                need=str(said.need_id),
                company=keys[said.company_id],
                verdict="yes" if said.answer is Answer.YES else "no",
                at=said.at.isoformat(),
            )
