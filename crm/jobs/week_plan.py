"""The week's rules as they stand in our tables, in the matchmaker's terms; and what gave way, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crm import clock
from crm.companies import queries as companies
from crm.jobs.candidates import Gathered
from crm.matches import rests
from crm.matchmaker.planning.week_rules import GaveWay, Key, Parties, WeekPlan, WeekRules, key_of
from crm.matchmaker.profiles import RankedCompany
from crm.matchmaker.ranking.named import rank_named
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.partners import queries as partners
from crm.registry import queries as registry
from crm.rules import queries as ruled
from crm.rules.drafts import WeekRulesDraft
from crm.rules.models import PairKind, WeekRuleSet

NEW_FOR = timedelta(days=365)
Asked = WeekRuleSet | WeekRulesDraft


@dataclass(frozen=True, slots=True)
class Week:
    """A week to plan: which one, what it keeps to, whose each need is, and how much each signal counts.

    ``weights`` is in percent of the usual; signals not named count as usual.
    """

    name: str
    rules: WeekRules
    partner_of: Mapping[str, str]
    weights: Mapping[str, int]


def read_week(session: Session, gathered: Gathered, *, week: str, now: datetime) -> Week:
    """The rules a week keeps to; bars, in ``gathered`` itself, the pairs that are not to be offered."""
    asked = ruled.rule_set(session) or WeekRulesDraft()
    partner_of = partners.partner_ids(session, [int(need.key) for need in gathered.needs])
    ours = {number: key for key, number in gathered.company_ids.items()}
    never = _keys(ruled.pairs(session, PairKind.NEVER), ours)
    must = _keys(ruled.pairs(session, PairKind.MUST) - rests.pairs_introduced(session), ours)
    gathered.barred |= never | _resting(session, gathered, asked, week=week, now=now)
    rules = WeekRules(
        per_need=asked.per_need,
        per_company=asked.per_company,
        min_probability=asked.sureness / 100,
        small_share=asked.small_share / 100,
        new_share=asked.new_share / 100,
        partner_share=asked.partner_share / 100,
        control_share=asked.control_share / 100,
        fewest=asked.fewest,
        week_size=asked.week_size,
        capacity=_capacity(session, asked, set(partner_of.values()), now=now),
        workload=_workload(session, asked),
        must=frozenset(must),
        never=frozenset(never),
        week=week,
    )
    weights = asked.weights if isinstance(asked, WeekRuleSet) else {}
    return Week(week, rules, {str(need): str(partner) for need, partner in partner_of.items()}, weights)


def _capacity(session: Session, asked: Asked, asking: set[int], *, now: datetime) -> dict[str, int]:
    """The most a partner gets: its own limit, else the usual one; nothing while it rests."""
    usual = {} if asked.partner_most is None else dict.fromkeys(asking, asked.partner_most)
    found = usual | ruled.capacities(session).partners
    if asked.partner_rest:
        since = now - timedelta(weeks=asked.partner_rest)
        found |= dict.fromkeys(rests.partners_introduced(session, since=since), 0)
    return {str(partner): most for partner, most in found.items()}


def _workload(session: Session, asked: Asked) -> dict[str, int]:
    """The most a developer gets: their own limit, else the usual one."""
    owners = set(companies.owners(session).values())
    usual = {} if asked.developer_most is None else dict.fromkeys(owners, asked.developer_most)
    return {str(person): most for person, most in (usual | ruled.capacities(session).developers).items()}


def _keys(pairs: Iterable[tuple[int, int]], ours: Mapping[int, str]) -> set[Key]:
    """Pairs of our numbers as the matchmaker's keys."""
    return {(str(need), ours[company]) for need, company in pairs if company in ours}


def _resting(
    session: Session,
    gathered: Gathered,
    asked: Asked,
    *,
    week: str,
    now: datetime,
) -> set[Key]:
    """The pairs that are left in peace this week."""
    ours = {number: key for key, number in gathered.company_ids.items()}
    found: set[Key] = set()
    if asked.pair_rest:
        found |= _keys(rests.pairs_left_open(session, week, weeks=asked.pair_rest), ours)
    if asked.company_rest:
        resting = rests.companies_introduced(session, since=now - timedelta(weeks=asked.company_rest))
        keys = [ours[company] for company in resting if company in ours]
        found |= {(need.key, key) for need in gathered.needs for key in keys}
    return found


def with_musts(
    ranked: Sequence[Sequence[RankedCompany]], gathered: Gathered, matchmaker: Matchmaker, week: Week
) -> list[Sequence[RankedCompany]]:
    """The lists, and beside them the pairs that must be suggested though they stand on none."""
    if not ranked:
        return []
    listed = {key_of(pair) for row in ranked for pair in row}
    lacking = week.rules.must - week.rules.never - listed - gathered.barred
    extra = [
        rank_named(matchmaker, need, [company for number, company in lacking if number == need.key])
        for need in gathered.needs
        if any(number == need.key for number, _ in lacking)
    ]
    return [*ranked, *extra]


def parties_of(
    session: Session, ranked: Sequence[Sequence[RankedCompany]], gathered: Gathered, week: Week
) -> Parties:
    """Who is behind the pairs of the lists."""
    listed = {pair.company for row in ranked for pair in row}
    since = clock.monday_of(week.name) - NEW_FOR
    owners = companies.owners(session)
    keys = {number: key for key, number in gathered.company_ids.items()}
    return Parties(
        employees={company.key: company.employees for company in gathered.companies},
        partners=week.partner_of,
        developers={keys[company]: str(owner) for company, owner in owners.items() if company in keys},
        new=frozenset(registry.new_among(session, sorted(listed), since=since)),
    )


def by_name(session: Session, plan: WeekPlan, gathered: Gathered) -> WeekPlan:
    """The plan, with names in place of keys where it tells what gave way."""
    keys = {gave.values["company"] for gave in plan.relaxed if "company" in gave.values}
    numbers = {key: gathered.company_ids[key] for key in keys if key in gathered.company_ids}
    names = companies.names_of(session, numbers.values())
    named = {key: names.get(number, key) for key, number in numbers.items()}
    needs = {int(gave.values["need"]) for gave in plan.relaxed if "need" in gave.values}
    titles = {str(need): title for need, title in partners.titles_of(session, needs).items()}
    return replace(plan, relaxed=tuple(_named(gave, titles, named) for gave in plan.relaxed))


def _named(gave: GaveWay, titles: Mapping[str, str], names: Mapping[str, str]) -> GaveWay:
    values = dict(gave.values)
    if "need" in values:
        values["need"] = titles.get(values["need"], values["need"])
        values["company"] = names.get(values["company"], values["company"])
    return GaveWay(gave.sentence, values)
