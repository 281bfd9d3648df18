"""What each signal is worth: the whole, the whole without it, and it alone, on every set of needs.

Run from the repository root: ``python bench/match_ablation.py``. nDCG@10 on development needs, on our own and
on procurement notices with their codes hidden; recall@10 on research projects, in all and for organisations
little known. The intervals are of the difference to the whole, 95 % of 2,000 bootstrap draws of needs. Place
and segment are silent on all of these sets, and wishes and history, too: what history is worth is measured by
``match_learning.py``. "meaning" is latent semantic analysis of the companies' own texts as an encoder; it is
not part of the whole, and "with it" is told in the place of "left out".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import match_procurement
import match_projects
import match_quality as quality
import numpy as np

from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.said import company_words
from crm.matchmaker.signals.meaning import LatentSpace

PARTS = {"setting": {"setting_share": 1.0}, "likest line": {"line_share": 0.0}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Companies by key, needs, and how good a list of companies' numbers is for the need of a row."""

    companies: list[CompanyProfile]
    needs: list[NeedProfile]
    measure: Callable[[int, list[int]], float]


def sets() -> dict[str, Set]:
    data = quality.shared_data()
    units = sorted(quality.read_companies(data), key=lambda company: company.key)
    unnamed = [replace(company, nace_names=()) for company in units]
    found = {}
    for name, path in (
        ("development", data / "matching_dev" / "needs.jsonl"),
        ("our own", quality.OWN_NEEDS),
    ):
        asked = quality.read_asked(path, unnamed)
        found[name] = Set(companies=unnamed, needs=asked.needs, measure=_by_gains(asked.gains))
    notices, gains = match_procurement.read_notices(unnamed)
    hidden = [replace(notice, cpv=()) for notice in notices]
    found["procurement"] = Set(companies=unnamed, needs=hidden, measure=_by_gains(gains))
    world = match_projects.read_world(*match_projects.MEASURED_ON)
    found["projects"] = Set(
        companies=world.companies,
        needs=world.needs,
        measure=lambda row, order: len(world.partners[row] & set(order)) / len(world.partners[row]),
    )
    return found


def _by_gains(gains: quality.Gains) -> Callable[[int, list[int]], float]:
    return lambda row, order: quality.ndcg(gains[row], order)


def table(one: Set) -> dict[str, dict[str, Any]]:
    matchmaker = Matchmaker().fit(one.companies)
    reading = matchmaker.signals_.read(one.needs)
    weights = dict(matchmaker.weights_)
    whole = _values(one, reading, weights)
    speaking = [name for name in weights if np.ptp(getattr(reading, name)) > 0]
    rows: dict[str, dict[str, Any]] = {"whole": {"figure": round(float(np.mean(whole)), 3)}}
    for name in speaking:
        alone = _values(one, reading, {name: weights[name]})
        without = _values(one, reading, {n: w for n, w in weights.items() if n != name})
        rows[name] = {"alone": round(float(np.mean(alone)), 3), "left out": _change(without, whole)}
    for name, setting in PARTS.items():
        changed = matchmaker.signals_.set_params(**setting).read(one.needs)
        matchmaker.signals_.set_params(setting_share=0.5, line_share=1.0)
        rows[name] = {"left out": _change(_values(one, changed, weights), whole)}
    rows["meaning"] = _meaning(one, weights, whole)
    return rows


def _meaning(one: Set, weights: Mapping[str, float], whole: Sequence[float]) -> dict[str, Any]:
    encoder = LatentSpace().fit([company_words(company) for company in one.companies])
    reading = Matchmaker(encoder=encoder).fit(one.companies).signals_.read(one.needs)
    alone = _values(one, reading, {"meaning": 1.0})
    return {
        "alone": round(float(np.mean(alone)), 3),
        "with it": _change(_values(one, reading, weights), whole),
    }


def _values(one: Set, reading: Any, weights: Mapping[str, float]) -> list[float]:
    totals = (reading.total(row, weights) for row in range(len(one.needs)))
    orders = (np.argsort(-total, kind="stable")[: quality.DEPTH].tolist() for total in totals)
    return [one.measure(row, order) for row, order in enumerate(orders)]


def _change(values: Sequence[float], whole: Sequence[float]) -> list[float]:
    return quality.interval([one - other for one, other in zip(values, whole, strict=True)])


def main() -> None:
    if not (quality.shared_data() / "matching_dev" / "needs.jsonl").exists():
        print("match_ablation: skipped, the data is not here; set CRM_SHARED_DATA")
        return
    record = {}
    for name, one in sets().items():
        record[name] = table(one)
        print(f"{name}: {len(one.needs)} needs, whole {record[name]['whole']['figure']:.3f}")
        for signal, row in list(record[name].items())[1:]:
            alone = f"alone {row['alone']:.3f}" if "alone" in row else " " * 11
            way, change = next((way, change) for way, change in row.items() if way != "alone")
            print(f"  {signal:12} {alone}  {way}", "{:+.3f} [{:+.3f} {:+.3f}]".format(*change))
    quality.write("match_ablation", record)


if __name__ == "__main__":
    main()
