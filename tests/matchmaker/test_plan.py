from __future__ import annotations

from collections import Counter

import pytest

from crm.matchmaker.planning import week_rules
from crm.matchmaker.planning.plan import plan_week
from crm.matchmaker.planning.week_rules import GaveWay, Parties, WeekPlan, WeekRules
from crm.matchmaker.profiles import RankedCompany


def row(need: str, *pairs: tuple[str, float]) -> list[RankedCompany]:
    return [
        RankedCompany(need=need, company=company, rank=rank, score=0.0, probability=probability)
        for rank, (company, probability) in enumerate(pairs, start=1)
    ]


def full(need: str, count: int = 20) -> list[RankedCompany]:
    """A list with companies of its own, all of them likely."""
    return row(need, *((f"{need}-{number}", 0.9 - number / 100) for number in range(count)))


def keys(plan: WeekPlan) -> list[tuple[str, str]]:
    return [(pick.need, pick.company) for pick in plan.picks]


LARGE = {f"c{number}": 50 for number in range(20)}


def test_a_need_gets_no_more_than_its_share() -> None:
    ranked = [row("n", *((f"c{number}", 0.9 - number / 100) for number in range(9)))]
    plan = plan_week(ranked, parties=Parties(employees=LARGE), rules=WeekRules(per_need=3))
    assert [company for _, company in keys(plan)] == ["c0", "c1", "c2"]


def test_a_company_is_not_sent_to_every_need() -> None:
    ranked = [row(need, ("c0", 0.8), ("c1", 0.5)) for need in ("a", "b", "c")]
    plan = plan_week(ranked, parties=Parties(employees=LARGE), rules=WeekRules(per_need=1, per_company=2))
    assert keys(plan) == [("a", "c0"), ("b", "c0"), ("c", "c1")]


def test_the_best_of_one_need_gives_way_where_both_needs_gain_together() -> None:
    ranked = [row("a", ("c0", 0.9), ("c1", 0.8)), row("b", ("c0", 0.7))]
    plan = plan_week(ranked, parties=Parties(employees=LARGE), rules=WeekRules(per_need=1, per_company=1))
    assert keys(plan) == [("a", "c1"), ("b", "c0")]


def test_unlikely_pairs_are_left_out() -> None:
    rules = WeekRules(min_probability=0.2)
    assert plan_week([row("n", ("c0", 0.1))], parties=Parties(employees=LARGE), rules=rules).picks == ()


def test_small_firms_and_those_of_unknown_size_get_their_slots() -> None:
    ranked = [row("n", *((f"c{n}", 0.9 - n / 100) for n in range(8)), ("tiny", 0.4), ("unknown", 0.3))]
    employees = {**LARGE, "tiny": 2, "unknown": None}
    plan = plan_week(ranked, parties=Parties(employees=employees), rules=WeekRules(small_share=0.4))
    assert [company for _, company in keys(plan)] == ["c0", "c1", "c2", "tiny", "unknown"]
    assert plan.relaxed == ()


def test_slots_for_small_firms_are_not_left_empty_where_there_are_none_and_the_plan_says_so() -> None:
    ranked = [row("n", *((f"c{n}", 0.9) for n in range(8)))]
    plan = plan_week(ranked, parties=Parties(employees=LARGE))
    assert len(plan.picks) == 5
    assert plan.relaxed == (GaveWay(week_rules.TOO_FEW_SMALL),)


def test_new_firms_get_their_slots_and_where_there_are_too_few_the_plan_says_so() -> None:
    ranked = [row("n", *((f"c{n}", 0.9 - n / 100) for n in range(8)), ("fresh", 0.4))]
    rules = WeekRules(small_share=0, new_share=0.2)
    parties = Parties(employees=LARGE, new=frozenset({"fresh"}))
    plan = plan_week(ranked, parties=parties, rules=rules)
    assert [company for _, company in keys(plan)] == ["c0", "c1", "c2", "c3", "fresh"]
    assert plan.relaxed == ()
    plan = plan_week(ranked, parties=parties, rules=WeekRules(small_share=0, new_share=0.4))
    assert [company for _, company in keys(plan)] == ["c0", "c1", "c2", "c3", "fresh"]
    assert plan.relaxed == (GaveWay(week_rules.TOO_FEW_NEW),)


def test_a_developer_gets_no_more_than_fits_the_week() -> None:
    ranked = [row("n", ("c0", 0.9), ("c1", 0.8), ("c2", 0.7), ("c3", 0.6))]
    parties = Parties(employees=LARGE, developers={"c0": "kari", "c1": "kari", "c2": "kari"})
    rules = WeekRules(workload={"kari": 2}, small_share=0)
    assert [company for _, company in keys(plan_week(ranked, parties=parties, rules=rules))] == [
        "c0",
        "c1",
        "c3",
    ]


def test_when_no_time_is_left_the_surest_that_fit_are_taken_and_the_plan_says_so() -> None:
    ranked = [full("a"), full("b")]
    rules = WeekRules(seconds=0, per_need=3, capacity={"p": 2}, control_share=0)
    plan = plan_week(ranked, parties=Parties(partners={"a": "p", "b": "q"}), rules=rules)
    assert Counter(pick.need for pick in plan.picks) == {"a": 2, "b": 3}
    assert [gave.sentence for gave in plan.relaxed] == [week_rules.NO_TIME_TO_SHARE]


def test_nothing_ranked_gives_an_empty_week() -> None:
    assert plan_week([]) == WeekPlan()
    assert plan_week([[]]) == WeekPlan()


def test_a_partner_with_many_needs_gets_a_quarter_of_the_week() -> None:
    partners = {f"n{number}": "big" for number in range(6)} | {
        f"o{number}": f"p{number}" for number in range(4)
    }
    plan = plan_week([full(need) for need in partners], parties=Parties(partners=partners))
    shares = Counter(partners[pick.need] for pick in plan.picks)
    assert shares == {"big": 6, "p0": 5, "p1": 5, "p2": 5, "p3": 5}
    assert plan.relaxed == ()


@pytest.mark.parametrize(("count", "size", "largest"), [(1, None, 10), (2, 12, 6), (3, 12, 4), (3, None, 10)])
def test_fewer_than_four_partners_share_as_evenly_as_the_lists_allow_and_the_plan_says_so(
    count: int, size: int | None, largest: int
) -> None:
    partners = {f"n{number}{side}": f"p{number}" for number in range(count) for side in "ab"}
    plan = plan_week(
        [full(need) for need in partners],
        parties=Parties(partners=partners),
        rules=WeekRules(week_size=size),
    )
    assert len(plan.picks) == (size or count * 10)
    assert max(Counter(partners[pick.need] for pick in plan.picks).values()) == largest
    assert plan.relaxed == (GaveWay(week_rules.TOO_FEW_PARTNERS),)


def test_a_fourth_partner_with_one_candidate_does_not_shrink_the_week_to_four() -> None:
    partners = {f"n{number}{side}": f"p{number}" for number in range(3) for side in "ab"} | {"o": "p3"}
    ranked = [full(need, 1 if need == "o" else 20) for need in partners]
    plan = plan_week(ranked, parties=Parties(partners=partners), rules=WeekRules(fewest=10))
    shares = Counter(partners[pick.need] for pick in plan.picks)
    assert shares == {"p0": 3, "p1": 3, "p2": 3, "p3": 1}
    assert plan.relaxed == (GaveWay(week_rules.WEEK_TOO_THIN),)
    strict = plan_week(ranked, parties=Parties(partners=partners), rules=WeekRules(fewest=0))
    assert len(strict.picks) == 4
    assert strict.relaxed == ()


def test_a_partner_that_can_take_two_gets_two() -> None:
    rules = WeekRules(capacity={"p": 2}, partner_share=1)
    plan = plan_week([full("a"), full("b")], parties=Parties(partners={"a": "p", "b": "q"}), rules=rules)
    assert Counter(pick.need for pick in plan.picks) == {"a": 2, "b": 5}


def test_what_must_be_there_is_there_and_what_must_never_be_is_not() -> None:
    ranked = [row("n", ("c0", 0.9), ("c1", 0.8), ("c2", 0.7), ("c3", 0.01))]
    rules = WeekRules(
        per_need=2, must=frozenset({("n", "c3")}), never=frozenset({("n", "c0")}), small_share=0
    )
    assert keys(plan_week(ranked, parties=Parties(employees=LARGE), rules=rules)) == [
        ("n", "c1"),
        ("n", "c3"),
    ]


def test_a_pair_that_must_be_there_and_cannot_is_named() -> None:
    must = frozenset({("n", "c0"), ("n", "c1"), ("n", "c2"), ("n", "gone")})
    rules = WeekRules(per_need=1, must=must, never=frozenset({("n", "c2")}), small_share=0)
    ranked = [row("n", ("c0", 0.8), ("c1", 0.9), ("c2", 0.9))]
    plan = plan_week(ranked, parties=Parties(employees=LARGE), rules=rules)
    assert keys(plan) == [("n", "c1")]
    assert [gave.sentence % gave.values for gave in plan.relaxed] == [
        "«c2» er både påkrevd og utelukket for «n», og er utelatt.",
        week_rules.MUST_IS_MISSING % {"need": "n", "company": "gone"},
        "«c0» skulle foreslås for «n», men det er ikke plass innenfor ukens grenser.",
    ]
    assert len(plan_week([], rules=rules).relaxed) == 4


def test_one_slot_in_ten_is_drawn_by_lot_and_differs_from_week_to_week() -> None:
    ranked = [full(f"n{number}") for number in range(4)]
    plans = [plan_week(ranked, rules=WeekRules(week=f"2026-W{week}")) for week in (40, 41, 42, 40)]
    assert all(len(plan.picks) == 20 and len(plan.control) == 2 for plan in plans)
    assert plans[0] == plans[3]
    assert len({plan.control for plan in plans}) > 1
    usual = set(keys(plan_week(ranked, rules=WeekRules(control_share=0))))
    assert all(plan.control == set(keys(plan)) - usual for plan in plans)


def test_the_lot_falls_evenly_on_what_was_not_chosen() -> None:
    ranked = [full(f"n{number}") for number in range(2)]
    drawn = Counter(
        pair for week in range(100) for pair in plan_week(ranked, rules=WeekRules(random_state=week)).control
    )
    assert len(drawn) >= 25
    assert max(drawn.values()) < 15


def test_a_lot_without_room_is_named() -> None:
    ranked = [row("n", *((f"c{number}", 0.9) for number in range(5)))]
    plan = plan_week(ranked, rules=WeekRules(control_share=0.5))
    assert (len(plan.picks), plan.control, plan.relaxed) == (
        5,
        frozenset(),
        (GaveWay(week_rules.LOT_HAS_NO_ROOM),),
    )
