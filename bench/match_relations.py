"""What it is worth to know who worked with whom, and who is near: recall@10 with and without.

Run from the repository root: ``python bench/match_relations.py``. The projects are those of
``match_projects``; of each with two or more organisations known by then, one asks, the coordinator where it
is among them, and the others are to be found. A relation is the sum over projects both took part in of 1 by
the log of how many did (Adamic and Adar), squeezed into 0..1, its weight and half chosen on earlier projects.
Place is the usual signal by municipality, as if the one that asks were the partner.

No signal of relations ships: on later projects it gains .006 [-.043 .058], and of the little known, whom the
week reserves slots for, it loses .032 [-.093 .021]. Place does neither good nor harm. Of procurements too
few with known suppliers are at hand.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import product
from typing import Any

import match_projects as projects
import match_quality as quality
import numpy as np

WEIGHTS, HALVES = (0.0, 0.5, 1.0, 2.0, 4.0), (0.3, 1.0, 3.0)


def relations(first: str, orgs: list[str]) -> Any:
    """How much any two organisations did together before a day, organisations x organisations."""
    number = {org: place for place, org in enumerate(orgs)}
    members: dict[str, set[int]] = {}
    for row in participations():
        if row["start"] < first:
            members.setdefault(row["project_id"], set()).add(number[row["orgnr"] or row["org_name"]])
    found = np.zeros((len(orgs), len(orgs)))
    for together in members.values():
        if len(together) > 1:
            each = sorted(together)
            found[np.ix_(each, each)] += 1 / np.log(len(each))
    np.fill_diagonal(found, 0)
    return found


def participations() -> list[dict[str, str]]:
    path = quality.shared_data() / "h2020_norwegian_participations.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def askers(world: projects.World) -> list[int | None]:
    """Who asks in each project; nobody where there is no other to be found."""
    number = {company.key: place for place, company in enumerate(world.companies)}
    leading = {
        row["project_id"]: number.get(row["orgnr"] or row["org_name"])
        for row in participations()
        if row["role"] == "COORDINATOR"
    }
    chosen = zip(world.needs, world.partners, strict=True)
    return [
        None if len(partners) < 2 else lead if (lead := leading.get(need.key)) in partners else min(partners)
        for need, partners in chosen
    ]


def recall(
    world: projects.World, scores: Any, asking: list[int | None], *, little: bool = False
) -> list[float]:
    """Of the others of each project the share on its list; of the little known ones alone, if wished."""
    found = []
    for row, asker, partners in zip(scores, asking, world.partners, strict=True):
        others = {org for org in partners - {asker} if not little or world.known[org] <= projects.SMALL}
        if asker is not None and others:
            order = [org for org in np.argsort(-row, kind="stable") if org != asker][: projects.DEPTH]
            found.append(len(others & set(order)) / len(others))
    return found


def with_relations(scores: Any, told: Any, asking: list[int | None], *, weight: float, half: float) -> Any:
    near = np.array([np.zeros(len(told)) if asker is None else told[asker] for asker in asking])
    return scores + weight * near / (near + half)


def placed(world: projects.World, asking: list[int | None]) -> projects.World:
    """The same with municipalities: of the organisations, and of the one that asks for each project."""
    where = {row["orgnr"] or row["org_name"]: row["kommunenr"].zfill(4) for row in participations()}
    near = [where.get(company.key) for company in world.companies]
    companies = [
        replace(company, municipality_no=at) for company, at in zip(world.companies, near, strict=True)
    ]
    asked = zip(world.needs, asking, strict=True)
    needs = [need if at is None else replace(need, municipality_no=near[at]) for need, at in asked]
    return replace(world, companies=companies, needs=needs)


def period(first: str, last: str) -> tuple[projects.World, Any, Any, list[int | None]]:
    world = projects.read_world(first, last)
    told = relations(first, [company.key for company in world.companies])
    return world, projects.scores_of(world), told, askers(world)


def main() -> None:
    if not (quality.shared_data() / "h2020_norwegian_participations.csv").exists():
        print("match_relations: skipped, the participations are not here; set CRM_SHARED_DATA")
        return
    world, scores, told, asking = period(*projects.CHOSEN_ON)
    grid = {}
    for weight, half in product(WEIGHTS, HALVES):
        figures = recall(world, with_relations(scores, told, asking, weight=weight, half=half), asking)
        grid[weight, half] = float(np.mean(figures))
        print(f"chosen on: weight {weight} half {half}: {grid[weight, half]:.3f}")
    weight, half = max(grid, key=lambda pair: (grid[pair], -pair[0]))
    world, scores, told, asking = period(*projects.MEASURED_ON)
    record: dict[str, Any] = {"weight": weight, "half": half}
    near = with_relations(scores, told, asking, weight=weight, half=half)
    at_place = projects.scores_of(placed(world, asking))
    for name, little in (("recall@10", False), ("little known", True)):
        without = recall(world, scores, asking, little=little)
        alone = with_relations(np.zeros_like(scores), told, asking, weight=1, half=half)
        related, only, nearby = (
            recall(world, each, asking, little=little) for each in (near, alone, at_place)
        )
        gain = [one - other for one, other in zip(related, without, strict=True)]
        record[name] = {
            "without": quality.interval(without),
            "with": quality.interval(related),
            "relations alone": quality.interval(only),
            "gain": quality.interval(gain),
            "gain of place": quality.interval([one - o for one, o in zip(nearby, without, strict=True)]),
        }
        told_of = (f"{what} {x[0]:.3f} [{x[1]:.3f} {x[2]:.3f}]" for what, x in record[name].items())
        print(f"{name}, {len(without)} projects:", "  ".join(told_of))
    quality.write("match_relations", record)


if __name__ == "__main__":
    main()
