"""How good the matchmaker is: nDCG@10 and recall@10, beside plain baselines, with intervals.

Run from the repository root: ``python bench/match_quality.py``. Two sets of needs are ranked over the same
real units: the development needs, and needs of our own in bokmål, nynorsk and English, which were written
without looking at the list of everyday words, but for those with g, which showed what it lacked; those with h
were written by one who had seen nothing of the program. The industry codes of the companies are the judge,
which favours signals that read codes; the rows without the bridge show what the texts do alone. Intervals are
95 % of 2,000 bootstrap draws of needs. ``match rank`` is handed no names of industries: those are the rows
that count, and baselines read the same texts. "five-fold" chooses the settings of the grid on four fifths of
the needs and ranks the last.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm.matchmaker.language.norwegian import stem, words  # noqa: E402  (the path comes first)
from crm.matchmaker.profiles import CompanyProfile, NeedProfile  # noqa: E402  (the path comes first)
from crm.matchmaker.ranking.ranker import Matchmaker  # noqa: E402

DEPTH = 10
RESULTS = ROOT / "bench" / "results"
OWN_NEEDS = ROOT / "bench" / "needs_of_our_own.jsonl"
YARDSTICKS = ("BM25 on stems", "text fusion")
SETTING_SHARES, TEXT_WEIGHTS = (0.0, 0.15, 0.25, 0.5, 1.0), (1.0, 2.0, 3.0)
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
        form=unit["organisasjonsform"]["kode"],
    )


def gain(need: dict[str, Any], company: CompanyProfile) -> int:
    if any(code.startswith(tuple(need["nace2"])) for code in company.nace):
        return 2
    return int(any(code.startswith(tuple(need["nace1"])) for code in company.nace)) if need["nace1"] else 0


def ndcg(gains: Sequence[int], order: Sequence[int]) -> float:
    def discounted(values: Sequence[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:DEPTH]))

    return discounted([gains[number] for number in order]) / discounted(sorted(gains, reverse=True))


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


def by_bm25s(texts: list[str], asked: list[str]) -> Orders:
    """BM25 on stems by the library made for it."""
    import bm25s  # noqa: PLC0415  (of the bench alone; its absence is told)

    index = bm25s.BM25()
    index.index([stems(text) for text in texts], show_progress=False)
    queries = [stems(text) or [""] for text in asked]
    found, scores = index.retrieve(queries, k=DEPTH, show_progress=False)
    return [
        [int(number) for number, score in zip(row, of_row, strict=True) if score > 0]
        for row, of_row in zip(found, scores, strict=True)
    ]


def contestants(companies: list[CompanyProfile], needs: list[NeedProfile]) -> dict[str, Callable[[], Orders]]:
    """The baselines read what the matchmaker reads in the rows "industries unnamed", and no less."""
    named, asked = [company_text(company) for company in companies], [need.text for need in needs]
    unnamed = [replace(company, nace_names=()) for company in companies]
    texts = [company_text(company) for company in unnamed]
    found: dict[str, Callable[[], Orders]] = {
        "word TF-IDF": lambda: by_tfidf(texts, asked),
        "BM25 on stems": lambda: by_bm25(texts, asked, analyzer=stems),
        "BM25 on stems (bm25s)": lambda: by_bm25s(texts, asked),
        "character 4-5 TF-IDF": lambda: by_tfidf(texts, asked, analyzer="char_wb", ngram_range=(4, 5)),
        "text fusion": lambda: by_fusion(texts, asked),
        "text fusion, industries named": lambda: by_fusion(named, asked),
        "matchmaker": lambda: by_matchmaker(unnamed, needs),
        "matchmaker without bridge": lambda: by_matchmaker(unnamed, needs, industry_weight=0.0),
        "matchmaker with bridge alone": lambda: by_matchmaker(unnamed, needs, text_weight=0.0),
        "matchmaker, industries named": lambda: by_matchmaker(companies, needs),
    }
    if importlib.util.find_spec("bm25s") is None:
        print("match_quality: bm25s is not installed, its row is skipped (pip install bm25s)")
        del found["BM25 on stems (bm25s)"]
    return found


def machine() -> dict[str, object]:
    return {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


class Asked(NamedTuple):
    """Needs that somebody in the units can answer, and the gain of every company for each."""

    needs: list[NeedProfile]
    gains: Gains
    languages: list[str]


def read_asked(path: Path, companies: list[CompanyProfile]) -> Asked:
    with path.open(encoding="utf-8") as file:
        given = [json.loads(line) for line in file]
    judged = [(need, [gain(need, company) for company in companies]) for need in given]
    kept = [(need, gains) for need, gains in judged if any(gains)]
    return Asked(
        needs=[NeedProfile(key=need["id"], text=need["text"]) for need, _ in kept],
        gains=[gains for _, gains in kept],
        languages=[need.get("language", "nb") for need, _ in kept],
    )


def measure(companies: list[CompanyProfile], asked: Asked) -> dict[str, dict[str, Any]]:
    each = {
        name: [ndcg(*pair) for pair in zip(asked.gains, contestant(), strict=True)]
        for name, contestant in contestants(companies, asked.needs).items()
    }
    each["matchmaker, five-fold"] = five_fold(companies, asked)
    return {name: _figures(values, each, asked.languages) for name, values in each.items()}


def _figures(values: list[float], each: Mapping[str, list[float]], languages: list[str]) -> dict[str, Any]:
    shared = {"ndcg@10": interval(values)}
    for name in YARDSTICKS:
        shared[f"x {name}"] = interval(values, each[name])
    for language in sorted(set(languages)):
        of_it = [value for value, spoken in zip(values, languages, strict=True) if spoken == language]
        shared[language] = [round(float(np.mean(of_it)), 3)]
    return shared


def interval(values: Sequence[float], beside: Sequence[float] | None = None) -> list[float]:
    """The mean, or its ratio to that of another row, with the bounds of 95 % of the draws of needs."""
    drawn = np.random.default_rng(0).integers(0, len(values), (2000, len(values)))
    means = np.array(values)[drawn].mean(axis=1)
    middle = float(np.mean(values))
    if beside is not None:
        means, middle = means / np.array(beside)[drawn].mean(axis=1), middle / float(np.mean(beside))
    return [round(middle, 3), *(round(float(bound), 3) for bound in np.percentile(means, [2.5, 97.5]))]


def five_fold(companies: list[CompanyProfile], asked: Asked) -> list[float]:
    """nDCG@10 of each need, the settings chosen on the other folds; the choices are printed."""
    unnamed = [replace(company, nace_names=()) for company in companies]
    matchmaker = Matchmaker().fit(unnamed)
    number = {company.key: place for place, company in enumerate(unnamed)}
    column = np.array([number[company.key] for company in matchmaker.companies_])
    grid: dict[tuple[float, float], list[float]] = {}
    for share in SETTING_SHARES:
        reading = matchmaker.signals_.set_params(setting_share=share).read(asked.needs)
        for weight in TEXT_WEIGHTS:
            weights = matchmaker.weights_ | {"text": weight}
            totals = [reading.total(row, weights) for row in range(len(asked.needs))]
            orders = [column[np.argsort(-total, kind="stable")[:DEPTH]].tolist() for total in totals]
            grid[share, weight] = [ndcg(*pair) for pair in zip(asked.gains, orders, strict=True)]
    fold = np.random.default_rng(0).permutation(len(asked.needs)) % 5
    found = np.zeros(len(asked.needs))
    for held in range(5):
        means = {setting: float(np.array(values)[fold != held].mean()) for setting, values in grid.items()}
        best = max(means, key=lambda setting: (means[setting], setting))
        print(f"  fold {held}: setting_share {best[0]}, text_weight {best[1]} chosen ({means[best]:.3f})")
        found[fold == held] = np.array(grid[best])[fold == held]
    for (share, weight), values in grid.items():
        print(f"  grid: setting_share {share} text_weight {weight}: {np.mean(values):.3f}")
    return [float(value) for value in found]


def print_figures(figures: Mapping[str, Mapping[str, list[float]]]) -> None:
    for name, row in figures.items():
        told = (
            f"{what} {value[0]:.2f}" + (f" [{value[1]:.2f}-{value[2]:.2f}]" if value[1:] else "")
            for what, value in row.items()
        )
        print(f"{name:30}", "  ".join(told))


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
    companies, record = read_companies(data), {}
    for name, path in (
        ("development needs", data / "matching_dev" / "needs.jsonl"),
        ("needs of our own", OWN_NEEDS),
    ):
        asked = read_asked(path, companies)
        print(f"{name}: {len(asked.needs)} needs over {len(companies)} units")
        record[name] = measure(companies, asked)
        print_figures(record[name])
    write("match_quality", record)


if __name__ == "__main__":
    main()
