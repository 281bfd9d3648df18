"""The week's suggestions, chosen together: nobody is asked too often and small firms get their turn."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from crm.matchmaker import week_rules
from crm.matchmaker.assignment import Assignment, Chosen, Limit
from crm.matchmaker.profiles import RankedCompany
from crm.matchmaker.week_rules import Key, WeekPlan, WeekRules, is_small, key_of

_USUAL = WeekRules()
# Far below any difference in probability that means something, well above what the solver takes for equal.
_SCALE, _STEP = 1e4, 1e-9


def plan_week(
    ranked: Iterable[Sequence[RankedCompany]],
    *,
    employees: Mapping[str, int | None],
    partners: Mapping[str, str],
    rules: WeekRules = _USUAL,
) -> WeekPlan:
    """The pairs with the largest summed probability that keep the rules together.

    ``partners`` leads from a need to its partner; a need without one is outside the partners' shares. The
    same lists, in whatever order, always give the same plan.
    """
    pairs = _offerable(ranked, rules)
    places = {key_of(pair): place for place, pair in enumerate(pairs)}
    if not pairs:
        return WeekPlan(relaxed=tuple(sentence for _, sentence in _missing(places, rules)))
    of_partner = _grouped(pairs, lambda pair: partners.get(pair.need) or None)
    week = Assignment(len(pairs), tuple(_limits(pairs, of_partner, rules)))
    small = [place for place, pair in enumerate(pairs) if is_small(employees.get(pair.company))]
    week, musts = _with_musts(week, places, rules)
    week, shares = _with_shares(week, of_partner.values(), rules)
    week, slots = _with_small(week, small, rules)
    chosen = week.best(_gains(pairs))
    if chosen is None:
        raise RuntimeError("every rule gave way where it had to, so there is always a plan")
    control, lots = _draw_control(week, chosen, pairs=pairs, rules=rules)
    return WeekPlan(
        picks=tuple(pairs[place] for place in np.flatnonzero(chosen)),
        control=frozenset(key_of(pairs[place]) for place in control),
        relaxed=(*musts, *shares, *slots, *lots),
    )


def _offerable(ranked: Iterable[Sequence[RankedCompany]], rules: WeekRules) -> list[RankedCompany]:
    """Each pair that may be picked, once, most probable first; one that must be picked may be improbable."""
    every = [pair for row in ranked for pair in row if key_of(pair) not in rules.never]
    every.sort(key=lambda pair: (-pair.probability, pair.need, pair.company, pair.rank))
    likely = [p for p in every if p.probability >= rules.min_probability or key_of(p) in rules.must]
    once = {key_of(pair): pair for pair in reversed(likely)}
    return [pair for pair in likely if once[key_of(pair)] is pair]


def _grouped(
    pairs: Sequence[RankedCompany], group_of: Callable[[RankedCompany], str | None]
) -> dict[str, tuple[int, ...]]:
    """The places of the pairs of each group; None is no group."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        group = group_of(pair)
        if group is not None:
            groups[group].append(place)
    return {group: tuple(places) for group, places in groups.items()}


def _limits(
    pairs: Sequence[RankedCompany], of_partner: Mapping[str, tuple[int, ...]], rules: WeekRules
) -> Iterator[Limit]:
    """The limits that never give way."""
    for members in _grouped(pairs, lambda pair: pair.need).values():
        yield Limit(members, high=rules.per_need)
    for members in _grouped(pairs, lambda pair: pair.company).values():
        yield Limit(members, high=rules.per_company)
    for partner, members in of_partner.items():
        if partner in rules.capacity:
            yield Limit(members, high=rules.capacity[partner])
    if rules.week_size is not None:
        yield Limit(tuple(range(len(pairs))), high=rules.week_size)


def _missing(places: Mapping[Key, int], rules: WeekRules) -> Iterator[tuple[Key, str]]:
    """The pairs that must be picked but cannot even be considered, with the sentence that says so."""
    for need, company in sorted(rules.must - places.keys()):
        barred = (need, company) in rules.never
        sentence = week_rules.MUST_IS_BARRED if barred else week_rules.MUST_IS_MISSING
        yield (need, company), sentence % {"need": need, "company": company}


def _with_musts(
    week: Assignment, places: Mapping[Key, int], rules: WeekRules
) -> tuple[Assignment, list[str]]:
    """The week with the pairs it must hold, the most probable first for as long as there is room."""
    relaxed = [sentence for _, sentence in _missing(places, rules)]
    held = np.zeros(week.size, dtype=np.bool_)
    for place, (need, company) in sorted((places[key], key) for key in rules.must & places.keys()):
        held[place] = True
        if week.allows(held):
            week = week.forcing(place)
        else:
            held[place] = False
            relaxed.append(week_rules.MUST_HAS_NO_ROOM % {"need": need, "company": company})
    return week, relaxed


def _with_shares(
    week: Assignment, partners: Iterable[tuple[int, ...]], rules: WeekRules
) -> tuple[Assignment, list[str]]:
    """The week with every partner kept to its share, or to the smallest equal number that fills it."""
    groups = list(partners)
    if not groups or rules.partner_share >= 1:
        return week, []
    every = range(week.size)
    strict = week.under(*(Limit(members, high=0.0, share=rules.partner_share) for members in groups))
    free, kept = week.most(every), strict.most(every)
    wanted = min(rules.fewest, free) if kept > 0 else free
    if kept >= wanted:
        return strict, []

    def capped(most: int) -> Assignment:
        return week.under(*(Limit(members, high=most) for members in groups))

    level = bisect_left(range(free), True, key=lambda most: capped(most).most(every) >= wanted)
    return capped(level), [week_rules.WEEK_TOO_THIN if kept > 0 else week_rules.TOO_FEW_PARTNERS]


def _with_small(week: Assignment, small: list[int], rules: WeekRules) -> tuple[Assignment, list[str]]:
    """The week with the slots of small firms, as many of them as the lists can fill."""
    wanted = math.ceil(rules.small_share * week.most(range(week.size)) - 1e-9)
    if wanted <= 0:
        return week, []
    possible = week.most(small)
    relaxed = [week_rules.TOO_FEW_SMALL] if possible < wanted else []
    return week.under(Limit(tuple(small), low=min(wanted, possible))), relaxed


def _gains(pairs: Sequence[RankedCompany]) -> NDArray[np.float64]:
    """The probabilities, with a trifle more for what comes first, so that equals are told apart by key."""
    before = np.arange(len(pairs), 0, -1, dtype=np.float64)
    trifle = _STEP * before * (1 + before / len(pairs))
    return _SCALE * (np.array([pair.probability for pair in pairs]) + trifle)


def _draw_control(
    week: Assignment, chosen: Chosen, *, pairs: Sequence[RankedCompany], rules: WeekRules
) -> tuple[list[int], list[str]]:
    """Give the slots of the lot, in ``chosen`` itself, to pairs that were not chosen; the places drawn.

    A drawn pair takes the place of the least probable of its need or, where that breaks a rule, of its
    company or of the week.
    """
    slots = int(chosen.sum()) // rules.control_every if rules.control_every else 0
    drawn: list[int] = []
    for place in sorted(np.flatnonzero(~chosen).tolist(), key=lambda place: _lot(pairs[place], rules)):
        if len(drawn) == slots:
            break
        given = np.flatnonzero(chosen).tolist()[::-1]
        free = [other for other in given if other not in week.forced and other not in drawn]
        of_need = [other for other in free if pairs[other].need == pairs[place].need]
        of_company = [other for other in free if pairs[other].company == pairs[place].company]
        weakest = (*of_need[:1], *of_company[:1], *free[:1])
        if any(_swapped(week, chosen, place, other) for other in weakest):
            drawn.append(place)
    return drawn, [week_rules.LOT_HAS_NO_ROOM] if len(drawn) < slots else []


def _swapped(week: Assignment, chosen: Chosen, taken: int, left: int) -> bool:
    """Choose one place for another where the rules allow it; whether they did."""
    chosen[taken], chosen[left] = True, False
    if week.allows(chosen):
        return True
    chosen[taken], chosen[left] = False, True
    return False


def _lot(pair: RankedCompany, rules: WeekRules) -> bytes:
    """A pair's number in the week's draw: the same on every machine and with every library."""
    text = "\n".join((str(rules.random_state), rules.week, pair.need, pair.company))
    return hashlib.blake2b(text.encode()).digest()
