"""The week's draw: some of its slots go by lot to pairs that were not chosen, to compare the chosen with."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from crm.matchmaker.planning import week_rules
from crm.matchmaker.planning.assignment import Assignment, Chosen
from crm.matchmaker.planning.week_rules import GaveWay, WeekRules
from crm.matchmaker.profiles import RankedCompany


def draw(
    week: Assignment, chosen: Chosen, *, pairs: Sequence[RankedCompany], rules: WeekRules
) -> tuple[list[int], list[GaveWay]]:
    """Give the slots of the lot, in ``chosen`` itself, to pairs that were not chosen; the places drawn.

    A drawn pair takes the place of the least probable of its need or, where that breaks a rule, of its
    company or of the week.
    """
    slots = math.floor(int(chosen.sum()) * rules.control_share + 1e-9)
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
    return drawn, [GaveWay(week_rules.LOT_HAS_NO_ROOM)] if len(drawn) < slots else []


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
