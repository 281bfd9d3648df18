"""How good the matchmaker is: nDCG@10 and recall@10 on the development needs, beside plain baselines.

Run from the repository root: ``python bench/match_quality.py``. The industry codes of the companies are
the judge, which favours signals that read codes; the rows without the bridge show what the texts do alone.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm.matchmaker.norwegian import stem, words  # noqa: E402  (the path comes first)
from crm.matchmaker.profiles import CompanyProfile, NeedProfile  # noqa: E402  (the path comes first)
from crm.matchmaker.ranker import Matchmaker  # noqa: E402

DEPTH = 10
RESULTS = ROOT / "bench" / "results"
CLOSED = ("konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning")
Gains = list[list[int]]
Orders = list[list[int]]


def shared_data() -> Path:
    return Path(os.environ.get("CRM_SHARED_DATA") or ROOT.parent / "shared" / "data")


def read_companies(data: Path) -> list[CompanyProfile]:
    units: dict[str, dict[str, Any]] = {}
    for name in ("enheter-selection", "2024-enheter"):
        with gzip.open(data / "register" / f"{name}.json.gz", "rt", encoding="utf-8") as file:
            for unit in json.load(file):
                units.setdefault(unit["organisasjonsnummer"], unit)
    return [_profile(unit) for unit in units.values() if not any(unit.get(flag) for flag in CLOSED)]


def _profile(unit: dict[str, Any]) -> CompanyProfile:
    codes = [unit[f"naeringskode{place}"] for place in (1, 2, 3) if f"naeringskode{place}" in unit]
    return CompanyProfile(
        key=unit["organisasjonsnummer"],
        name=unit["navn"],
        text=" ".join([*unit.get("vedtektsfestetFormaal", []), *unit.get("aktivitet", [])]),
        nace=tuple(code["kode"] for code in codes),
        nace_standard="SN2007",
        nace_names=tuple(code["beskrivelse"] for code in codes),
        employees=unit.get("antallAnsatte"),
    )


def gain(need: dict[str, Any], company: CompanyProfile) -> int:
    if any(code.startswith(tuple(need["nace2"])) for code in company.nace):
        return 2
    return int(any(code.startswith(tuple(need["nace1"])) for code in company.nace)) if need["nace1"] else 0


def ndcg(gains: Sequence[int], order: Sequence[int]) -> float:
    def discounted(values: Sequence[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:DEPTH]))

    return discounted([gains[number] for number in order]) / discounted(sorted(gains, reverse=True))


def recall(gains: Sequence[int], order: Sequence[int]) -> float:
    """Of the companies with full gain that ten places could hold, how many they hold."""
    return sum(gains[number] == 2 for number in order[:DEPTH]) / min(DEPTH, gains.count(2))


def company_text(company: CompanyProfile) -> str:
    return "\n".join([company.name, company.text, *company.nace_names])


def by_tfidf(texts: list[str], asked: list[str], **settings: Any) -> Orders:
    vectorizer = TfidfVectorizer(sublinear_tf=True, **settings)
    rows = vectorizer.fit_transform(texts)
    return _orders((rows @ vectorizer.transform(asked).T).toarray().T)


def by_bm25(texts: list[str], asked: list[str], **settings: Any) -> Orders:
    return _orders(bm25(texts, asked, **settings))


def by_fusion(texts: list[str], asked: list[str]) -> Orders:
    """BM25 on stems and on runs of letters, each brought to the same height for a need, and added."""
    both = bm25(texts, asked, analyzer=stems), bm25(texts, asked, analyzer="char_wb", ngram_range=(4, 5))
    return _orders(sum(found / np.maximum(found.max(axis=1, keepdims=True), 1e-9) for found in both))


def stems(text: str) -> list[str]:
    return [stem(word.written) for word in words(text)]


def bm25(texts: list[str], asked: list[str], **settings: Any) -> Any:
    """Needs x companies; saturation 1.2 and length .75, as is usual."""
    saturation, length = 1.2, 0.75
    vectorizer = CountVectorizer(dtype=np.float64, **settings)
    counts = vectorizer.fit_transform(texts).tocsr()
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((len(texts) - found + 0.5) / (found + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    damping = np.repeat(saturation * (1 - length + length * lengths / lengths.mean()), np.diff(counts.indptr))
    counts.data = rarity[counts.indices] * counts.data * (saturation + 1) / (counts.data + damping)
    return (counts @ (vectorizer.transform(asked) > 0).astype(float).T).toarray().T


def _orders(similar: Any) -> Orders:
    return [[int(number) for number in np.argsort(-row, kind="stable")[:DEPTH]] for row in similar]


def by_matchmaker(companies: list[CompanyProfile], needs: list[NeedProfile], **weights: float) -> Orders:
    number = {company.key: place for place, company in enumerate(companies)}
    ranked = Matchmaker(top=DEPTH, **weights).fit(companies).rank(needs)
    return [[number[pair.company] for pair in row] for row in ranked]


def contestants(companies: list[CompanyProfile], needs: list[NeedProfile]) -> dict[str, Callable[[], Orders]]:
    texts, asked = [company_text(company) for company in companies], [need.text for need in needs]
    unnamed = [replace(company, nace_names=()) for company in companies]
    return {
        "word TF-IDF": lambda: by_tfidf(texts, asked),
        "word BM25": lambda: by_bm25(texts, asked),
        "BM25 on stems": lambda: by_bm25(texts, asked, analyzer=stems),
        "BM25 on stems + character 4-5": lambda: by_fusion(texts, asked),
        "character 4-5 TF-IDF": lambda: by_tfidf(texts, asked, analyzer="char_wb", ngram_range=(4, 5)),
        "matchmaker without bridge": lambda: by_matchmaker(companies, needs, industry_weight=0.0),
        "matchmaker with bridge alone": lambda: by_matchmaker(companies, needs, text_weight=0.0),
        "matchmaker": lambda: by_matchmaker(companies, needs),
        "matchmaker, industries unnamed": lambda: by_matchmaker(unnamed, needs),
    }


def machine() -> dict[str, object]:
    return {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def measure(data: Path) -> dict[str, dict[str, float]]:
    companies = read_companies(data)
    with (data / "matching_dev" / "needs.jsonl").open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    needs = [NeedProfile(key=need["id"], text=need["text"]) for need in given]
    gains: Gains = [[gain(need, company) for company in companies] for need in given]
    figures = {}
    for name, contestant in contestants(companies, needs).items():
        pairs = list(zip(gains, contestant(), strict=True))
        figures[name] = {
            "ndcg@10": round(sum(ndcg(*pair) for pair in pairs) / len(pairs), 4),
            "recall@10": round(sum(recall(*pair) for pair in pairs) / len(pairs), 4),
        }
    return figures


def write(name: str, figures: dict[str, Any]) -> None:
    """Print the machine and keep the figures with it."""
    print("machine:", json.dumps(machine()))
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = json.dumps({"machine": machine(), "figures": figures}, indent=2)
    (RESULTS / f"{name}.json").write_text(record + "\n", encoding="utf-8")


def main() -> None:
    data = shared_data()
    if not (data / "matching_dev" / "needs.jsonl").exists():
        print("match_quality: skipped, the development needs are not here; set CRM_SHARED_DATA")
        return
    figures = measure(data)
    plain = figures["word TF-IDF"]["ndcg@10"]
    for name, figure in figures.items():
        ratio = figure["ndcg@10"] / plain
        print(
            f"{name:30} nDCG@10 {figure['ndcg@10']:.3f} ({ratio:.2f} x)  recall@10 {figure['recall@10']:.3f}"
        )
    write("match_quality", {"ratio_to": "word TF-IDF", **figures})


if __name__ == "__main__":
    main()
