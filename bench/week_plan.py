"""How long a week takes to plan, and how much more it is worth than taking the surest pairs first.

Run from the repository root: ``python bench/week_plan.py [needs ...]``, 100, 200 and 400 unless told. The
lists are made up, the same every time: 25 companies a need of seven and a half a need, twelve partners, four
sizes. The baseline takes the surest pair there is room for, again and again, within the limits of needs and
companies alone; it knows nothing of the partners' shares and the slots of small firms that the plan keeps.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import match_quality as quality  # noqa: E402  (the path comes first)

from crm.matchmaker.planning.plan import plan_week  # noqa: E402  (as above)
from crm.matchmaker.planning.week_rules import Parties, WeekRules  # noqa: E402
from crm.matchmaker.profiles import RankedCompany  # noqa: E402

LISTED, PARTNERS, TIMES = 25, 12, 3
Lists = list[list[RankedCompany]]


def made_up(needs: int) -> tuple[Lists, Parties]:
    """The lists of a week and who is behind them."""
    drawn, companies = random.Random(1), needs * 15 // 2
    lists = []
    for need in range(needs):
        sure = sorted((drawn.uniform(0.2, 0.95) for _ in range(LISTED)), reverse=True)
        chosen = zip(drawn.sample(range(companies), LISTED), sure, strict=True)
        lists.append(
            [
                RankedCompany(need=f"n{need}", company=f"c{company}", rank=rank, score=0.0, probability=share)
                for rank, (company, share) in enumerate(chosen, start=1)
            ]
        )
    sizes = {f"c{company}": drawn.choice([None, 3, 20, 100]) for company in range(companies)}
    partners = {f"n{need}": f"p{need % PARTNERS}" for need in range(needs)}
    return lists, Parties(employees=sizes, partners=partners)


def surest_first(lists: Lists, rules: WeekRules, most: int) -> float:
    """What the surest pairs come to that the limits of needs and companies leave room for."""
    needs: Counter[str] = Counter()
    firms: Counter[str] = Counter()
    taken = []
    for pair in sorted((pair for row in lists for pair in row), key=lambda pair: -pair.probability):
        room = needs[pair.need] < rules.per_need and firms[pair.company] < rules.per_company
        if room and len(taken) < most:
            taken.append(pair.probability)
            needs[pair.need] += 1
            firms[pair.company] += 1
    return math.fsum(taken)


def measure(needs: int) -> dict[str, object]:
    lists, parties = made_up(needs)
    rules = WeekRules(control_share=0.0)
    clocked = []
    for _ in range(TIMES):
        started = time.perf_counter()
        plan = plan_week(lists, parties=parties, rules=rules)
        clocked.append(time.perf_counter() - started)
    worth = math.fsum(pick.probability for pick in plan.picks)
    return {
        "needs": needs,
        "pairs": sum(map(len, lists)),
        "picked": len(plan.picks),
        "median s": round(statistics.median(clocked), 2),
        "worth to surest first": round(worth / surest_first(lists, rules, len(plan.picks)), 4),
        "gave way": [gave.sentence for gave in plan.relaxed],
    }


def main() -> None:
    figures = [measure(int(needs)) for needs in sys.argv[1:] or ["100", "200", "400"]]
    for figure in figures:
        print(json.dumps(figure, ensure_ascii=False))
    print("machine:", json.dumps(quality.machine()))
    quality.RESULTS.mkdir(parents=True, exist_ok=True)
    record = {"machine": quality.machine(), "runs": figures}
    (quality.RESULTS / "week_plan.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
