"""How well partners of research projects are found: recall@10 in all, and for organisations little known.

Run from the repository root: ``python bench/match_projects.py``. The Norwegian participations in Horizon 2020
are split by time: what an organisation did in projects that began before the day is its text and its
evidence, and each later project is a need whose partners are to be found among the organisations known by
then. An organisation is small where it had at most three projects. The settings were chosen on the projects
of 2017-07 to 2018-12 (``--choose`` shows the grid) and are measured on those from 2019 on. The planned list
holds ten for each project, at least one of them small, chosen together by the rules of the week.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import match_quality as quality
import numpy as np

from crm.matchmaker.planning.plan import plan_week
from crm.matchmaker.planning.week_rules import Parties, WeekRules
from crm.matchmaker.profiles import CompanyProfile, Evidence, NeedProfile, RankedCompany
from crm.matchmaker.ranking.ranker import Matchmaker

DEPTH, SMALL, RESERVED = 10, 3, 1
CHOSEN_ON, MEASURED_ON = ("2017-07-01", "2019-01-01"), ("2019-01-01", "9999")
Lists = list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Organisations as they were known at a day, and the later projects with their partners among them."""

    companies: list[CompanyProfile]
    known: Any
    needs: list[NeedProfile]
    partners: list[set[int]]


def read_world(first: str, last: str, *, titled: bool = True) -> World:
    """Split at ``first``; the projects to find partners for begin before ``last``."""
    projects: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    path = quality.shared_data() / "h2020_norwegian_participations.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["orgnr"] or row["org_name"]
            names.setdefault(key, row["org_name"])
            projects.setdefault(row["project_id"], {**row, "orgs": set()})["orgs"].add(key)
    before = [project for project in projects.values() if project["start"] < first]
    after = [(key, project) for key, project in projects.items() if first <= project["start"] < last]
    known = Counter(org for project in before for org in project["orgs"])
    orgs = sorted(known)
    number = {org: place for place, org in enumerate(orgs)}
    found = [(key, p, {number[org] for org in p["orgs"] if org in number}) for key, p in after]
    return World(
        companies=[_company(org, names[org], before) for org in orgs],
        known=np.array([known[org] for org in orgs]),
        needs=[NeedProfile(key=key, text=_text(p, titled=titled)) for key, p, orgs in found if orgs],
        partners=[orgs for _, _, orgs in found if orgs],
    )


def _company(org: str, name: str, before: Iterable[dict[str, Any]]) -> CompanyProfile:
    done = tuple(
        Evidence(text=_text(project), source="Horizon 2020") for project in before if org in project["orgs"]
    )
    return CompanyProfile(key=org, name=name, evidence=done)


def _text(project: dict[str, Any], *, titled: bool = True) -> str:
    parts = ("title", "topic", "programme_name", "subprogramme")[0 if titled else 1 :]
    return "\n".join(project[part] for part in parts)


def recalls(world: World, lists: Lists) -> tuple[list[float], list[float]]:
    """Of each project's partners, and of its small ones where it has any, the share that is on its list."""
    every, small = [], []
    for partners, chosen in zip(world.partners, lists, strict=True):
        every.append(len(partners & set(chosen)) / len(partners))
        little = {org for org in partners if world.known[org] <= SMALL}
        if little:
            small.append(len(little & set(chosen)) / len(little))
    return every, small


def best(scores: Any) -> Lists:
    return [[int(org) for org in np.argsort(-row, kind="stable")[:DEPTH]] for row in scores]


def scores_of(world: World, **settings: float) -> Any:
    """Needs x organisations, in the order of the world's organisations, which is by key."""
    matchmaker = Matchmaker(**settings).fit(world.companies)
    return scored(matchmaker, world, matchmaker.weights_)


def scored(matchmaker: Matchmaker, world: World, weights: dict[str, float]) -> Any:
    reading = matchmaker.signals_.read(world.needs)
    return np.array([reading.total(row, weights) for row in range(len(world.needs))]) + matchmaker.bias_


def planned(world: World, scores: Any) -> Lists:
    """Ten for each project, chosen by the week's own planner with one slot for a small organisation in each.

    Each project is a week of its own: the rules between partners have nothing to say here.
    """
    rules = WeekRules(
        per_need=DEPTH,
        small_share=RESERVED / DEPTH,
        min_probability=0.0,
        partner_share=1.0,
        control_share=0.0,
    )
    size = {str(org): 1 if known <= SMALL else 1000 for org, known in enumerate(world.known)}
    lists = []
    for need, row in zip(world.needs, scores, strict=True):
        ranked = _ranked(need, row, world)
        plan = plan_week([ranked], parties=Parties(employees=size), rules=rules)
        lists.append([int(pick.company) for pick in plan.picks])
    return lists


def _ranked(need: NeedProfile, row: Any, world: World) -> list[RankedCompany]:
    """The best of a project, and the best small ones, with their probabilities."""
    order = np.argsort(-row, kind="stable")
    little = [org for org in order if world.known[org] <= SMALL][:DEPTH]
    taken = sorted({*order[:DEPTH].tolist(), *map(int, little)}, key=lambda org: (-row[org], org))
    chances = 1 / (1 + np.exp(-row))
    return [
        RankedCompany(
            need=need.key, company=str(org), rank=rank, score=float(row[org]), probability=float(chances[org])
        )
        for rank, org in enumerate(taken, start=1)
    ]


def contestants(world: World) -> dict[str, Lists]:
    texts = ["\n".join([c.name, *(done.text for done in c.evidence)]) for c in world.companies]
    asked = [need.text for need in world.needs]
    plain = quality.bm25(texts, asked, analyzer=quality.stems)
    letters = quality.bm25(texts, asked, analyzer="char_wb", ngram_range=(4, 5))
    fused = sum(found / np.maximum(found.max(axis=1, keepdims=True), 1e-9) for found in (plain, letters))
    popular = np.log1p(world.known)
    scores = scores_of(world)
    return {
        "BM25 on stems": best(plain),
        "text fusion": best(fused),
        "popularity": best(np.tile(popular, (len(asked), 1))),
        "text fusion x log popularity": best(fused * popular),
        "matchmaker without evidence": best(scores_of(world, evidence_weight=0.0)),
        "matchmaker": best(scores),
        "matchmaker, planned": planned(world, scores),
    }


def choose() -> None:
    """The grid over the weight of evidence and where its logarithm levels out, on the earlier projects."""
    world = read_world(*CHOSEN_ON)
    matchmaker = Matchmaker().fit(world.companies)
    for half in (0.01, 0.1, 1.0):
        matchmaker.signals_.evidence_.set_params(half=half)
        for weight in (0.7, 1.4, 2.8, 5.6):
            scores = scored(matchmaker, world, matchmaker.weights_ | {"evidence": weight})
            every, small = recalls(world, best(scores))
            print(f"half {half} evidence_weight {weight}: {np.mean(every):.3f} small {np.mean(small):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true")
    if not (quality.shared_data() / "h2020_norwegian_participations.csv").exists():
        print("match_projects: skipped, the participations are not here; set CRM_SHARED_DATA")
        return
    if parser.parse_args().choose:
        choose()
    record = {}
    for name, titled in (("title, topic and programme", True), ("topic and programme alone", False)):
        world = read_world(*MEASURED_ON, titled=titled)
        print(f"{name}: {len(world.needs)} projects, {len(world.companies)} organisations")
        record[name] = {}
        for contestant, lists in contestants(world).items():
            every, small = recalls(world, lists)
            figures = {"recall@10": quality.interval(every), "small": quality.interval(small)}
            record[name][contestant] = figures
            told = (f"{what} {x[0]:.3f} [{x[1]:.2f}-{x[2]:.2f}]" for what, x in figures.items())
            print(f"  {contestant:30}", "  ".join(told))
    quality.write("match_projects", record)


if __name__ == "__main__":
    main()
