"""Whether verdicts help: the change of nDCG@10 after 0 to 500 simulated ones, one in ten turned around.

Run from the repository root: ``python bench/match_learning.py``. Half of the needs are judged. Verdicts are
drawn among the best of each by the prior weights, as people only judge what they are shown; the industry
codes are the judge. "others" are the needs without verdicts; "same" are the judged needs, the judged
companies taken out of the lists and out of the best list there could be. "plain record" is the yardstick:
the share of yes over no a company has from whatever need, with the weight it had before (0.8).
"""

from __future__ import annotations

import argparse
import copy
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import match_quality as quality
import numpy as np
from scipy.special import expit

from crm.matchmaker.profiles import NeedProfile, PastVerdict
from crm.matchmaker.ranking.fusion import Fusion
from crm.matchmaker.ranking.learning import Learned, experience, learn
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.matchmaker.ranking.reading import Reading
from crm.matchmaker.signals.history import History

SIZES = (0, 20, 50, 100, 200, 500)
NOISE, SHOWN = 0.1, 40
PLAIN_WEIGHT = 0.8
Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The needs read once; the gains of all companies for each, in the matchmaker's order."""

    matchmaker: Matchmaker
    needs: list[NeedProfile]
    reading: Reading
    gains: Any

    def best(
        self, row: int, weights: Mapping[str, float], record: Any, *, without: Pairs = frozenset()
    ) -> Any:
        scores = replace(self.reading, history=record).total(row, weights)
        order = np.argsort(-scores, kind="stable")[: SHOWN + len(without)]
        return [int(column) for column in order if (row, int(column)) not in without][:SHOWN]

    def quality(
        self, rows: Any, weights: Mapping[str, float], record: Any, *, without: Pairs = frozenset()
    ) -> float:
        found = []
        for row in rows:
            gains = self.gains[row].copy()
            gains[[column for place, column in without if place == row]] = 0
            if gains.any():
                best = self.best(row, weights, record, without=without)
                found.append(quality.ndcg(gains.tolist(), best))
        return statistics.fmean(found)


def read_world() -> World:
    """The development needs and our own, over units whose industries are not named."""
    data = quality.shared_data()
    units = [replace(unit, nace_names=()) for unit in quality.read_companies(data)]
    matchmaker = Matchmaker().fit(units)
    paths = (data / "matching_dev" / "needs.jsonl", quality.OWN_NEEDS)
    asked = [quality.read_asked(path, matchmaker.companies_) for path in paths]
    needs = [need for one in asked for need in one.needs]
    gains = np.array([row for one in asked for row in one.gains])
    return World(matchmaker=matchmaker, needs=needs, reading=matchmaker.signals_.read(needs), gains=gains)


def simulated(world: World, rows: Any, count: int, *, draw: np.random.Generator) -> list[PastVerdict]:
    weights, record = world.matchmaker.weights_, world.reading.history
    shown = [(row, column) for row in rows for column in world.best(row, weights, record)]
    chosen = [shown[number] for number in draw.permutation(len(shown))[:count]]
    turned = draw.random(len(chosen)) < NOISE
    return [
        PastVerdict(
            need=world.needs[row].key,
            company=world.matchmaker.companies_[column].key,
            verdict="yes" if bool(world.gains[row, column]) != bool(turn) else "no",
        )
        for (row, column), turn in zip(chosen, turned, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A fusion that has learned, what the verdicts say of every pair, and the plain record beside it."""

    fusion: Fusion
    told: Learned
    record: Any
    plain: Any


def taught_by(world: World, rows: Any, verdicts: list[PastVerdict], settings: Mapping[str, float]) -> Taught:
    signals = copy.copy(world.matchmaker.signals_)
    signals.history_ = History().fit(world.matchmaker.companies_, verdicts)
    fusion = Fusion(world.matchmaker.weights_, world.matchmaker.bias_, **settings)
    needs = [world.needs[row] for row in rows]
    past = experience(signals, needs, names=tuple(fusion.weights))
    told = learn(fusion, past)
    signals.hear(needs, past.against(expit(fusion.decision_function(past.signals)), needs))
    plain = History(share=1).fit(world.matchmaker.companies_, verdicts).transform(world.needs)
    record = signals.read(world.needs).history
    scaled = plain * np.float32(PLAIN_WEIGHT / fusion.weights["history"])
    return Taught(fusion=fusion, told=told, record=record, plain=scaled)


def trial(world: World, count: int, *, seed: int, settings: Mapping[str, float]) -> dict[str, float]:
    """One half of the needs is judged, the other ranked."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(world.needs))
    judged, others = order[: len(order) // 2], order[len(order) // 2 :]
    verdicts = simulated(world, judged, count, draw=draw)
    taught = taught_by(world, judged, verdicts, settings)
    number = {company.key: place for place, company in enumerate(world.matchmaker.companies_)}
    row_of = {need.key: row for row, need in enumerate(world.needs)}
    given = frozenset((row_of[v.need], number[v.company]) for v in verdicts)
    prior, silent = taught.fusion.weights, world.reading.history
    figures = {"admitted": float(taught.told.admitted)}
    for name, rows, without in (("others", others, frozenset()), ("same", judged, given)):
        untaught = world.quality(rows, prior, silent, without=without)
        for way, weights, record in (
            ("plain record", prior, taught.plain),
            ("verdicts on alike pairs", prior, taught.record),
            ("weights", taught.fusion.weights_, silent),
            ("whole", taught.fusion.weights_, taught.record),
        ):
            figures[f"{name}: {way}"] = world.quality(rows, weights, record, without=without) - untaught
    return figures


def curve(world: World, seeds: int, **settings: float) -> dict[int, dict[str, dict[str, float]]]:
    """For each number of verdicts a summary over the seeds."""
    figures = {}
    for count in SIZES:
        trials = [trial(world, count, seed=seed, settings=settings) for seed in range(seeds)]
        figures[count] = {name: summary([one[name] for one in trials]) for name in trials[0]}
    return figures


def summary(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 4),
        "mean": round(statistics.fmean(values), 4),
        "worst": round(min(values), 4),
        "worse": sum(value < -1e-9 for value in values),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=9)
    parser.add_argument("--tau", type=float, nargs="*", default=[])
    asked = parser.parse_args()
    if not (quality.shared_data() / "matching_dev" / "needs.jsonl").exists():
        print("match_learning: skipped, the development needs are not here; set CRM_SHARED_DATA")
        return
    world = read_world()
    record = {}
    for settings in [{"tau": tau} for tau in asked.tau] or [{}]:
        print(settings or "as shipped", f"over {asked.seeds} seeds: median, mean, worst, seeds worse")
        figures = record[str(settings or "as shipped")] = curve(world, asked.seeds, **settings)
        for name in figures[SIZES[0]]:
            print(name)
            for count, row in figures.items():
                print(f"{count:6}", "  ".join(f"{value:+.4f}" for value in row[name].values()))
    quality.write("match_learning", record)


if __name__ == "__main__":
    main()
