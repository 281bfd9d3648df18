"""How fast the matchmaker is: fit and rank beside plain word TF-IDF, on made-up companies.

Run from the repository root: ``python bench/match_speed.py [companies …]``, 10 000 unless told. Each size
runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import scipy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm.matchmaker.profiles import CompanyProfile, NeedProfile  # noqa: E402  (the path comes first)
from crm.matchmaker.ranking.ranker import Matchmaker  # noqa: E402

NEEDS = 30
RESULTS = ROOT / "bench" / "results"
SYLLABLES = (
    "an bar byg dal drift ei en fis fly for gra grus hav hel hus inn kaf lag led maskin mat nor ol park "
)
SYLLABLES += "reg ren sal sei ser ski skog snø sol ste sy tek tom transport tre utleie vann vei verk vind"


class Maker:
    """Companies whose words follow Zipf's law and lean on their industry, the same on every machine."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        parts = SYLLABLES.split()
        self.words = ["".join(self.random.choices(parts, k=self.random.randint(2, 4))) for _ in range(40_000)]
        self.weights = np.cumsum(1 / np.arange(1, len(self.words) + 1)).tolist()
        self.codes = [f"{n // 10:02}.{n % 10}{n % 7}{n % 3}" for n in range(10, 990)]

    def text(self, length: int, *, topic: int) -> str:
        common = self.random.choices(self.words, cum_weights=self.weights, k=length // 2)
        own = [self.words[(topic * 37 + self.random.randrange(60)) % 40_000] for _ in range(length // 2)]
        return " ".join(common + own)

    def company(self, number: int) -> CompanyProfile:
        topic = self.random.randrange(len(self.codes))
        return CompanyProfile(
            key=f"c{number:07}",
            text=self.text(40, topic=topic),
            nace=(self.codes[topic],),
            employees=self.random.choice([None, 1, 5, 20, 80]),
            latitude=self.random.uniform(58, 70),
            longitude=self.random.uniform(5, 25),
        )

    def need(self, number: int) -> NeedProfile:
        text = self.text(14, topic=self.random.randrange(len(self.codes)))
        return NeedProfile(key=f"n{number}", text=text, latitude=60.9, longitude=11.6)


def measure(count: int) -> dict[str, float]:
    maker = Maker()
    companies = [maker.company(number) for number in range(count)]
    needs = [maker.need(number) for number in range(NEEDS)]
    plain_started = time.perf_counter()
    vectorizer = TfidfVectorizer()
    rows = vectorizer.fit_transform([company.text for company in companies])
    (rows @ vectorizer.transform([need.text for need in needs]).T).toarray().argsort(axis=0)
    started = time.perf_counter()
    matchmaker = Matchmaker().fit(companies)
    fitted = time.perf_counter()
    matchmaker.rank(needs)
    ended = time.perf_counter()
    return {
        "companies": count,
        "needs": NEEDS,
        "plain word TF-IDF s": round(started - plain_started, 2),
        "fit s": round(fitted - started, 2),
        "rank s": round(ended - fitted, 2),
        "ratio to plain": round((ended - started) / (started - plain_started), 1),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    runs = []
    for count in sys.argv[1:] or ["10000"]:
        command = [sys.executable, __file__, "--one", str(int(count))]
        runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        print(json.dumps(runs[-1]))
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    versions["scikit-learn"] = sklearn.__version__
    machine = {"platform": platform.platform(), "cpus": os.cpu_count(), **versions}
    print("machine:", json.dumps(machine))
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = {"machine": machine, "runs": runs}
    (RESULTS / "match_speed.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
