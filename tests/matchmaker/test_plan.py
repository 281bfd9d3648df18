from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from crm.matchmaker.plan import plan_week
from crm.matchmaker.profiles import RankedCompany


def row(need: str, *pairs: tuple[str, float]) -> list[RankedCompany]:
    return [
        RankedCompany(need=need, company=company, rank=rank, score=0.0, probability=probability)
        for rank, (company, probability) in enumerate(pairs, start=1)
    ]


LARGE = {f"c{number}": 50 for number in range(20)}


def test_a_need_gets_no_more_than_its_share() -> None:
    ranked = [row("n", *((f"c{number}", 0.9 - number / 100) for number in range(9)))]
    picks = plan_week(ranked, per_need=3, employees=LARGE)
    assert [pick.company for pick in picks] == ["c0", "c1", "c2"]


def test_a_company_is_not_sent_to_every_need() -> None:
    ranked = [row(need, ("c0", 0.8), ("c1", 0.5)) for need in ("a", "b", "c")]
    picks = plan_week(ranked, per_need=1, per_company=2, employees=LARGE)
    assert [(pick.need, pick.company) for pick in picks] == [("a", "c0"), ("b", "c0"), ("c", "c1")]


def test_unlikely_pairs_are_left_out() -> None:
    assert plan_week([row("n", ("c0", 0.1))], min_probability=0.2, employees=LARGE) == []


def test_small_firms_and_those_of_unknown_size_get_their_slots() -> None:
    ranked = [row("n", *((f"c{n}", 0.9 - n / 100) for n in range(8)), ("tiny", 0.4), ("unknown", 0.3))]
    picks = plan_week(ranked, per_need=5, small_share=0.4, employees={**LARGE, "tiny": 2, "unknown": None})
    assert [pick.company for pick in picks] == ["c0", "c1", "c2", "tiny", "unknown"]


def test_slots_for_small_firms_are_not_left_empty_where_there_are_none() -> None:
    ranked = [row("n", *((f"c{n}", 0.9) for n in range(8)))]
    assert len(plan_week(ranked, per_need=5, employees=LARGE)) == 5


def test_nothing_ranked_gives_an_empty_week() -> None:
    assert plan_week([], employees={}) == []


PROBABILITIES = st.lists(st.floats(0, 1), min_size=12, max_size=12)


@given(st.lists(PROBABILITIES, max_size=5), st.integers(1, 4), st.integers(1, 3), st.floats(0, 1))
def test_every_limit_holds_and_the_order_of_the_lists_does_not_matter(
    lists: list[list[float]], per_need: int, per_company: int, share: float
) -> None:
    ranked = [
        row(f"n{place}", *((f"c{number}", value) for number, value in enumerate(values)))
        for place, values in enumerate(lists)
    ]
    limits = {"per_need": per_need, "per_company": per_company, "small_share": share}
    employees = {f"c{number}": None if number % 3 else 40 for number in range(12)}
    picks = plan_week(ranked, employees=employees, **limits)
    assert picks == plan_week(ranked[::-1], employees=employees, **limits)
    assert max(Counter(pick.need for pick in picks).values(), default=0) <= per_need
    assert max(Counter(pick.company for pick in picks).values(), default=0) <= per_company
    assert len({(pick.need, pick.company) for pick in picks}) == len(picks)
