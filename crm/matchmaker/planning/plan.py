"""The week's suggestions, chosen together: nobody is asked too often and small firms get their turn."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crm.matchmaker.planning import week_rules
from crm.matchmaker.planning.assignment import Assignment, Chosen, Deadline, Gains, Limit
from crm.matchmaker.planning.lots import draw
from crm.matchmaker.planning.week_rules import GaveWay, Key, Parties, WeekPlan, WeekRules, is_small, key_of
from crm.matchmaker.profiles import RankedCompany

_USUAL, _NOBODY = WeekRules(), Parties()
# Far below any difference in probability that means something, well above what the solver takes for equal.
_SCALE, _STEP = 1e4, 1e-9


@dataclass(slots=True)
class _Draft:
    """The week as it stands: its limits, the best choice under them, and what gave way so far."""

    week: Assignment
    chosen: Chosen
    relaxed: list[GaveWay]


def plan_week(
    ranked: Iterable[Sequence[RankedCompany]], *, parties: Parties = _NOBODY, rules: WeekRules = _USUAL
) -> WeekPlan:
    """The pairs with the largest summed probability that keep the rules together.

    The same lists, in whatever order, always give the same plan, save where the time ran out: the plan then
    says so.
    """
    pairs = _offerable(ranked, rules)
    places = {key_of(pair): place for place, pair in enumerate(pairs)}
    if not pairs:
        return WeekPlan(relaxed=tuple(told for _, told in _missing(places, rules)))
    of_partner = _grouped(pairs, lambda pair: parties.partners.get(pair.need) or None)
    week = Assignment(len(pairs), deadline=Deadline(rules.seconds))
    week, missing = _with_musts(week.under(*_limits(pairs, of_partner, parties, rules)), places, rules)
    shared, shares = _with_shares(week, of_partner.values(), rules)
    gains = _gains(pairs)
    chosen = shared.best(gains)
    if chosen is None:  # the shares gave way where they had to, so the time is over
        draft = _Draft(week, week.from_the_top(), [*missing, GaveWay(week_rules.NO_TIME_TO_SHARE)])
    else:
        draft = _Draft(shared, chosen, [*missing, *shares])
        _hold_slots(draft, pairs, parties, gains=gains, rules=rules)
        draft.relaxed += [GaveWay(week_rules.TIME_RAN_OUT)] if week.deadline.passed else []
    control, lots = draw(draft.week, draft.chosen, pairs=pairs, rules=rules)
    return WeekPlan(
        picks=tuple(pairs[place] for place in np.flatnonzero(draft.chosen)),
        control=frozenset(key_of(pairs[place]) for place in control),
        relaxed=(*draft.relaxed, *lots),
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
    pairs: Sequence[RankedCompany],
    of_partner: Mapping[str, tuple[int, ...]],
    parties: Parties,
    rules: WeekRules,
) -> Iterator[Limit]:
    """The limits that never give way."""
    for members in _grouped(pairs, lambda pair: pair.need).values():
        yield Limit(members, high=rules.per_need)
    for members in _grouped(pairs, lambda pair: pair.company).values():
        yield Limit(members, high=rules.per_company)
    for partner, members in of_partner.items():
        if partner in rules.capacity:
            yield Limit(members, high=rules.capacity[partner])
    for developer, members in _grouped(pairs, lambda pair: parties.developers.get(pair.company)).items():
        if developer in rules.workload:
            yield Limit(members, high=rules.workload[developer])
    if rules.week_size is not None:
        yield Limit(tuple(range(len(pairs))), high=rules.week_size)


def _missing(places: Mapping[Key, int], rules: WeekRules) -> Iterator[tuple[Key, GaveWay]]:
    """The pairs that must be picked but cannot even be considered, with the sentence that says so."""
    for need, company in sorted(rules.must - places.keys()):
        barred = (need, company) in rules.never
        sentence = week_rules.MUST_IS_BARRED if barred else week_rules.MUST_IS_MISSING
        yield (need, company), GaveWay(sentence, {"need": need, "company": company})


def _with_musts(
    week: Assignment, places: Mapping[Key, int], rules: WeekRules
) -> tuple[Assignment, list[GaveWay]]:
    """The week with the pairs it must hold, the most probable first for as long as there is room."""
    relaxed = [told for _, told in _missing(places, rules)]
    held = np.zeros(week.size, dtype=np.bool_)
    for place, (need, company) in sorted((places[key], key) for key in rules.must & places.keys()):
        held[place] = True
        if week.allows(held):
            week = week.forcing(place)
        else:
            held[place] = False
            relaxed.append(GaveWay(week_rules.MUST_HAS_NO_ROOM, {"need": need, "company": company}))
    return week, relaxed


def _with_shares(
    week: Assignment, partners: Iterable[tuple[int, ...]], rules: WeekRules
) -> tuple[Assignment, list[GaveWay]]:
    """The week with every partner kept to its share, or to the smallest equal number that fills it."""
    groups = list(partners)
    if not groups or rules.partner_share >= 1:
        return week, []
    strict = week.under(*(Limit(members, high=0.0, share=rules.partner_share) for members in groups))
    free, kept = week.fullest, strict.fullest
    wanted = min(rules.fewest, free) if kept > 0 else free
    if kept >= wanted:
        return strict, []

    def capped(most: int) -> Assignment:
        return week.under(*(Limit(members, high=most) for members in groups))

    level = bisect_left(range(free), True, key=lambda most: capped(most).fullest >= wanted)
    return capped(level), [GaveWay(week_rules.WEEK_TOO_THIN if kept > 0 else week_rules.TOO_FEW_PARTNERS)]


def _hold_slots(
    draft: _Draft, pairs: Sequence[RankedCompany], parties: Parties, *, gains: Gains, rules: WeekRules
) -> None:
    """Hold slots of the week for small and for new firms, as many of them as the lists can fill."""
    full = draft.week.fullest
    small = [place for place, pair in enumerate(pairs) if is_small(parties.employees.get(pair.company))]
    new = [place for place, pair in enumerate(pairs) if pair.company in parties.new]
    for members, share, sentence in (
        (small, rules.small_share, week_rules.TOO_FEW_SMALL),
        (new, rules.new_share, week_rules.TOO_FEW_NEW),
    ):
        wanted = math.ceil(share * full - 1e-9)
        if wanted > 0 and not _holds(draft, Limit(tuple(members), low=wanted), gains):
            most = max(draft.week.most(members), 0)
            _holds(draft, Limit(tuple(members), low=most), gains)
            draft.relaxed += [] if draft.week.deadline.passed else [GaveWay(sentence)]


def _holds(draft: _Draft, slots: Limit, gains: Gains) -> bool:
    """Hold slots in the week where they can be filled; whether they can."""
    held = draft.week.under(slots)
    if draft.chosen[list(slots.members)].sum() < slots.low:
        better = held.best(gains)
        if better is None:
            return False
        draft.chosen = better
    draft.week = held
    return True


def _gains(pairs: Sequence[RankedCompany]) -> Gains:
    """The probabilities, with a trifle more for what comes first, so that equals are told apart by key."""
    before = np.arange(len(pairs), 0, -1, dtype=np.float64)
    trifle = _STEP * before * (1 + before / len(pairs))
    return _SCALE * (np.array([pair.probability for pair in pairs]) + trifle)
