"""Whatever the lists are like, a week keeps its rules, is the best of its kind and always the same."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.matchmaker.planning import week_rules
from crm.matchmaker.planning.plan import plan_week
from crm.matchmaker.planning.week_rules import Parties, WeekRules, is_small
from crm.matchmaker.profiles import RankedCompany

NEEDS = [f"n{number}" for number in range(7)]
COMPANIES = [f"c{number}" for number in range(12)]
EMPLOYEES = {company: None if number % 3 == 0 else 40 for number, company in enumerate(COMPANIES)}
DEVELOPERS = {company: f"d{number % 3}" for number, company in enumerate(COMPANIES) if number % 4}
NEW = frozenset(COMPANIES[2::5])
KEYS = st.frozensets(st.tuples(st.sampled_from(NEEDS), st.sampled_from(COMPANIES)), max_size=4)
PROBABILITIES = st.lists(st.floats(0, 1) | st.sampled_from([0.3, 0.5]), min_size=12, max_size=12)
LISTS = st.lists(PROBABILITIES, max_size=7).map(
    lambda lists: [
        [
            RankedCompany(need=need, company=company, rank=rank, score=0.0, probability=value)
            for rank, (company, value) in enumerate(zip(COMPANIES, values, strict=True), start=1)
        ]
        for need, values in zip(NEEDS, lists, strict=False)
    ]
)
PARTNERS = st.lists(st.sampled_from("pqrstu"), min_size=7, max_size=7).map(
    lambda names: dict(zip(NEEDS, names, strict=True))
)
RULES = st.builds(
    WeekRules,
    per_need=st.integers(1, 4),
    per_company=st.integers(1, 3),
    small_share=st.floats(0, 1),
    new_share=st.sampled_from([0.0, 0.1, 0.5]),
    partner_share=st.sampled_from([0.25, 0.25, 0.4, 1.0]),
    fewest=st.integers(0, 12),
    capacity=st.dictionaries(st.sampled_from("pqrstu"), st.integers(0, 5), max_size=2),
    workload=st.dictionaries(st.sampled_from(["d0", "d1", "d2"]), st.integers(0, 4), max_size=2),
    must=KEYS,
    never=KEYS,
    week_size=st.none() | st.integers(0, 12),
    control_share=st.sampled_from([0.0, 0.3, 0.1]),
    random_state=st.integers(0, 5),
)
Lists = list[list[RankedCompany]]


def of(partners: dict[str, str]) -> Parties:
    return Parties(employees=EMPLOYEES, partners=partners, developers=DEVELOPERS, new=NEW)


@settings(deadline=None, max_examples=40)
@given(LISTS, PARTNERS, RULES)
def test_the_limits_always_hold(lists: Lists, partners: dict[str, str], rules: WeekRules) -> None:
    plan = plan_week(lists, parties=of(partners), rules=rules)
    picked = [(pick.need, pick.company) for pick in plan.picks]
    assert len(set(picked)) == len(picked)
    assert max(Counter(need for need, _ in picked).values(), default=0) <= rules.per_need
    assert max(Counter(company for _, company in picked).values(), default=0) <= rules.per_company
    assert rules.week_size is None or len(picked) <= rules.week_size
    of_partner = Counter(partners[need] for need, _ in picked)
    assert all(of_partner[partner] <= most for partner, most in rules.capacity.items())
    of_developer = Counter(DEVELOPERS.get(company, "") for _, company in picked)
    assert all(of_developer[developer] <= most for developer, most in rules.workload.items())
    assert not rules.never & set(picked)
    assert plan.control <= set(picked) - rules.must


@settings(deadline=None, max_examples=40)
@given(LISTS, PARTNERS, RULES)
def test_a_rule_that_does_not_hold_is_named(lists: Lists, partners: dict[str, str], rules: WeekRules) -> None:
    plan = plan_week(lists, parties=of(partners), rules=rules)
    picked = {(pick.need, pick.company) for pick in plan.picks}
    largest = max(Counter(partners[need] for need, _ in picked).values(), default=0)
    told = {gave.sentence for gave in plan.relaxed}
    if largest > rules.partner_share * len(picked) + 1e-9:
        assert {week_rules.TOO_FEW_PARTNERS, week_rules.WEEK_TOO_THIN} & told
    small = sum(is_small(EMPLOYEES[company]) for _, company in picked)
    if small < math.ceil(rules.small_share * len(picked) - 1e-9):
        assert week_rules.TOO_FEW_SMALL in told
    if sum(company in NEW for _, company in picked) < math.ceil(rules.new_share * len(picked) - 1e-9):
        assert week_rules.TOO_FEW_NEW in told
    for need, company in rules.must - picked:
        assert {"need": need, "company": company} in [gave.values for gave in plan.relaxed]
    if len(plan.control) < math.floor(rules.control_share * len(picked) + 1e-9):
        assert week_rules.LOT_HAS_NO_ROOM in told


@settings(deadline=None, max_examples=40)
@given(LISTS, PARTNERS, RULES)
def test_the_order_of_the_lists_does_not_matter(
    lists: Lists, partners: dict[str, str], rules: WeekRules
) -> None:
    plan = plan_week(lists, parties=of(partners), rules=rules)
    turned = [row[::-1] for row in lists[::-1]]
    assert plan_week(turned, parties=of(partners), rules=rules) == plan


@settings(deadline=None, max_examples=40)
@given(LISTS, st.integers(1, 4), st.integers(1, 3))
def test_the_plan_is_never_worse_than_taking_the_best_first(
    lists: Lists, per_need: int, per_company: int
) -> None:
    rules = WeekRules(per_need=per_need, per_company=per_company, small_share=0, control_share=0)
    plan = plan_week(lists, parties=Parties(employees=EMPLOYEES), rules=rules)
    assert summed(list(plan.picks)) >= summed(best_first(lists, rules)) - 1e-4
    assert plan.relaxed == ()


@settings(deadline=None, max_examples=40)
@given(LISTS, PARTNERS, RULES)
def test_rules_never_make_a_plan_better(lists: Lists, partners: dict[str, str], rules: WeekRules) -> None:
    bound = replace(rules, must=frozenset())
    free = WeekRules(per_need=rules.per_need, per_company=rules.per_company, small_share=0, control_share=0)
    with_rules = plan_week(lists, parties=of(partners), rules=bound)
    assert (
        summed(list(with_rules.picks))
        <= summed(list(plan_week(lists, parties=Parties(employees=EMPLOYEES), rules=free).picks)) + 1e-4
    )


def summed(pairs: list[RankedCompany]) -> float:
    return math.fsum(pair.probability for pair in pairs)


def best_first(lists: Lists, rules: WeekRules) -> list[RankedCompany]:
    """The greedy week: the most probable pair for which there is room, again and again."""
    needs: Counter[str] = Counter()
    firms: Counter[str] = Counter()
    picks = []
    for pair in sorted((p for row in lists for p in row), key=lambda p: (-p.probability, p.need, p.company)):
        room = needs[pair.need] < rules.per_need and firms[pair.company] < rules.per_company
        if room and pair.probability >= rules.min_probability:
            picks.append(pair)
            needs[pair.need] += 1
            firms[pair.company] += 1
    return picks
