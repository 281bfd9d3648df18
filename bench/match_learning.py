"""Whether verdicts help: nDCG@10 on needs without verdicts after 0 to 500 simulated ones on other needs.

Run from the repository root: ``python bench/match_learning.py``. Verdicts are drawn among the best of each
need by the prior weights, as people only judge what they are shown; the industry codes are the judge, and
one answer in ten is turned around.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import match_quality as quality
import numpy as np

from crm.matchmaker.fusion import Fusion
from crm.matchmaker.history import History
from crm.matchmaker.learning import Learned, experience, learn
from crm.matchmaker.profiles import NeedProfile, PastVerdict
from crm.matchmaker.ranker import Matchmaker
from crm.matchmaker.signals import Reading

SIZES = (0, 20, 50, 100, 200, 500)
NOISE, SHOWN = 0.1, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The development needs read once; the gains of all companies for each, in the matchmaker's order."""

    matchmaker: Matchmaker
    needs: list[NeedProfile]
    reading: Reading
    gains: Any

    def best(self, row: int, weights: Mapping[str, float], record: Any) -> list[int]:
        scores = replace(self.reading, history=record).total(row, weights)
        return [int(column) for column in np.argsort(-scores, kind="stable")[:SHOWN]]

    def quality(self, rows: Any, weights: Mapping[str, float], record: Any) -> float:
        return statistics.fmean(
            quality.ndcg(self.gains[row].tolist(), self.best(row, weights, record)) for row in rows
        )


def read_world() -> World:
    data = quality.shared_data()
    matchmaker = Matchmaker().fit(quality.read_companies(data))
    with (data / "matching_dev" / "needs.jsonl").open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    needs = [NeedProfile(key=need["id"], text=need["text"]) for need in given]
    gains = [[quality.gain(need, company) for company in matchmaker.companies_] for need in given]
    reading = matchmaker.signals_.read(needs)
    return World(matchmaker=matchmaker, needs=needs, reading=reading, gains=np.array(gains))


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


def learned_from(
    world: World, rows: Any, verdicts: list[PastVerdict], *, settings: Mapping[str, float]
) -> tuple[Fusion, Learned, Any]:
    signals = copy.copy(world.matchmaker.signals_)
    signals.history_ = History().fit(world.matchmaker.companies_, verdicts)
    fusion = Fusion(world.matchmaker.weights_, world.matchmaker.bias_, **settings)
    past = experience(signals, [world.needs[row] for row in rows], names=tuple(fusion.weights))
    return fusion, learn(fusion, past), signals.history_.transform(world.needs)


def trial(world: World, count: int, *, seed: int, settings: Mapping[str, float]) -> dict[str, float]:
    """One half of the needs is judged, the other ranked."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(world.needs))
    judged, asked = order[: len(order) // 2], order[len(order) // 2 :]
    verdicts = simulated(world, judged, count, draw=draw)
    fusion, told, record = learned_from(world, judged, verdicts, settings=settings)
    untaught = world.quality(asked, fusion.weights, world.reading.history)
    return {
        "untaught": untaught,
        "record alone": world.quality(asked, fusion.weights, record) - untaught,
        "weights alone": world.quality(asked, fusion.weights_, world.reading.history) - untaught,
        "both": world.quality(asked, fusion.weights_, record) - untaught,
        "admitted": told.admitted,
        **{name: fusion.weights_[name] for name in ("text", "industry")},
        "bias": fusion.bias_,
    }


def curve(world: World, seeds: int, **settings: float) -> dict[int, dict[str, float]]:
    figures = {}
    for count in SIZES:
        trials = [trial(world, count, seed=seed, settings=settings) for seed in range(seeds)]
        figures[count] = {name: statistics.median(t[name] for t in trials) for name in trials[0]}
        figures[count]["admitted"] = statistics.fmean(t["admitted"] for t in trials)
        figures[count]["worse"] = statistics.fmean(t["weights alone"] < -1e-9 for t in trials)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=9)
    parser.add_argument("--tau", type=float, nargs="*", default=[])
    asked = parser.parse_args()
    if not (quality.shared_data() / "matching_dev" / "needs.jsonl").exists():
        print("match_learning: skipped, the development needs are not here; set CRM_SHARED_DATA")
        return
    world = read_world()
    for settings in [{"tau": tau} for tau in asked.tau] or [{}]:
        print(settings or "as shipped", f"medians of {asked.seeds} seeds")
        for count, figures in curve(world, asked.seeds, **settings).items():
            print(f"{count:4}", "  ".join(f"{name} {value:+.4f}" for name, value in figures.items()))
    print("machine:", json.dumps(quality.machine()))


if __name__ == "__main__":
    main()
