"""What a bridge learned from the register is worth: nDCG@10 with and without, on units it did not see.

Run from the repository root: ``python bench/match_register.py``. The units are parted at random; each part is
ranked in turn, with a bridge learned from the others, and judged as in ``match_quality.py``. Three ways of
handing the companies over: as the register has them, without the names of their codes, and a third of them
without any code at all. Intervals are 95 % of a bootstrap over needs. The share of the bridge
(``JoinedBridge.most``) was chosen here, so that no way gets worse by it: in five parts, none, .3 and .7
gave .809, .811 and .805; .779, .798 and .804 unnamed; .666, .692 and .712 with a third without codes.
``--units N`` measures learning from N made-up units instead, time and memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import match_quality as quality  # noqa: E402  (the path comes first)

from crm.matchmaker.industries.register_bridge import Described, RegisterBridge  # noqa: E402  (as above)
from crm.matchmaker.profiles import CompanyProfile, NeedProfile  # noqa: E402  (as above)
from crm.matchmaker.ranking.ranker import Matchmaker  # noqa: E402  (as above)
from crm.matchmaker.ranking.said import company_words, industries_of  # noqa: E402  (as above)

PARTS = (2, 5)
Scores = dict[str, list[float]]


def handed(companies: Sequence[CompanyProfile], how: str) -> list[CompanyProfile]:
    if how == "as registered":
        return list(companies)
    unnamed = [replace(company, nace_names=()) for company in companies]
    if how == "codes unnamed":
        return unnamed
    return [replace(one, nace=()) if number % 3 == 0 else one for number, one in enumerate(unnamed)]


def parted(companies: Sequence[CompanyProfile], parts: int) -> list[list[CompanyProfile]]:
    numbers = list(range(len(companies)))
    random.Random(0).shuffle(numbers)
    return [[companies[number] for number in sorted(numbers[part::parts])] for part in range(parts)]


def learned_from(companies: Sequence[CompanyProfile]) -> RegisterBridge:
    return RegisterBridge().fit(
        Described(one.key, company_words(one), industries_of(one)) for one in companies
    )


def judged(given: list[dict], companies: Sequence[CompanyProfile], ranked: list[list]) -> Iterator[tuple]:
    number = {company.key: place for place, company in enumerate(companies)}
    for need, row in zip(given, ranked, strict=True):
        gains = [quality.gain(need, company) for company in companies]
        if 2 in gains:
            yield need["id"], quality.ndcg(gains, [number[pair.company] for pair in row])


def measure(data: Path, parts: int) -> dict[str, dict[str, float]]:
    with (data / "matching_dev" / "needs.jsonl").open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    needs = [NeedProfile(key=need["id"], text=need["text"]) for need in given]
    folds = parted(quality.read_companies(data), parts)
    bridges = [learned_from([one for other in folds if other is not fold for one in other]) for fold in folds]
    figures = {}
    for how in ("as registered", "codes unnamed", "a third without codes"):
        for name, use in (("without the bridge", False), ("with the bridge", True)):
            scores: Scores = {}
            for fold, bridge in zip(folds, bridges, strict=True):
                matchmaker = Matchmaker(top=quality.DEPTH, register=bridge if use else None)
                ranked = matchmaker.fit(handed(fold, how)).rank(needs)
                for need, score in judged(given, fold, ranked):
                    scores.setdefault(need, []).append(score)
            figures[f"{how}, {name}"] = interval([float(np.mean(row)) for row in scores.values()])
    return figures


def interval(scores: list[float]) -> dict[str, float]:
    draws = np.random.default_rng(0).choice(scores, size=(2000, len(scores))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    named = zip(("ndcg@10", "low", "high"), (np.mean(scores), low, high), strict=True)
    return {name: round(float(figure), 4) for name, figure in named}


def made_up(count: int) -> Iterator[Described]:
    """Units of 800 industries, whose purposes mix words of their own with common ones."""
    draw = random.Random(1)
    parts = [draw.choices("aeiouyøåbdfghjklmnprstv", k=4) for _ in range(400)]
    parts = ["".join(part) for part in parts]
    words = ["".join(draw.choices(parts, k=draw.randint(1, 3))) for _ in range(60_000)]
    for number in range(count):
        topic = draw.randrange(800)
        own = [words[(topic * 73 + draw.randrange(70)) % len(words)] for _ in range(15)]
        text = " ".join(own + draw.choices(words, k=15))
        yield Described(f"u{number}", text, industry_of(topic))


def industry_of(topic: int) -> tuple:
    company = CompanyProfile(key="", nace=(f"{10 + topic // 10}.{topic % 10}00",))
    return industries_of(company)


def learn(count: int) -> dict[str, float]:
    started = time.perf_counter()
    made = sum(1 for _ in made_up(count))
    drawn = time.perf_counter()
    bridge = RegisterBridge().fit(made_up(count))
    fitted = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        bridge.keep(Path(folder), {})
        kept = time.perf_counter()
        opened = RegisterBridge.newest(Path(folder))
        reopened = time.perf_counter()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.npy"))
    opened.transform(["drift av snøverk"], sorted(opened.industries_))
    return {
        "units": made,
        "texts used": bridge.texts_,
        "learn s": round(fitted - drawn - (drawn - started), 1),
        "keep s": round(kept - fitted, 2),
        "open s": round(reopened - kept, 3),
        "one need s": round(time.perf_counter() - reopened, 3),
        "MB on disk": round(size / 1e6, 1),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=0)
    asked = parser.parse_args()
    record: dict[str, object] = {"machine": quality.machine()}
    data = quality.shared_data()
    if asked.units:
        record["learning"] = learn(asked.units)
        print(json.dumps(record["learning"]))
    elif not (data / "matching_dev" / "needs.jsonl").exists():
        print("match_register: skipped, the development needs are not here; set CRM_SHARED_DATA")
        return
    for parts in () if asked.units else PARTS:
        record[f"{parts} parts"] = figures = measure(data, parts)
        for name, figure in figures.items():
            between = f"[{figure['low']:.3f} {figure['high']:.3f}]"
            print(f"{parts} parts, {name:42} nDCG@10 {figure['ndcg@10']:.3f} {between}")
    print("machine:", json.dumps(record["machine"]))
    quality.RESULTS.mkdir(parents=True, exist_ok=True)
    (quality.RESULTS / "match_register.json").write_text(
        json.dumps(record, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
