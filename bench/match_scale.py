"""How the matchmaker bears a whole register: the word index beside others, and the whole score beside it.

Run from the repository root: ``python bench/match_scale.py [--companies 1100000] [--needs 500]``; 50 000 and
200 unless told. Texts are put together anew from real purposes where ``CRM_SHARED_DATA`` has the register's
samples, else from phrases of our own. Building and searching run in processes of their own, so that the peak
of memory is theirs. The whole score's time is told with and without reading the needs' texts, which the word
index is handed read. ``pip install bm25s==0.3.16 sparse_dot_topn==1.2.0`` to have the baselines.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numba
import numpy as np
import scipy
from scipy import sparse

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from made_companies import Maker  # noqa: E402  (the path comes first)

from crm.matchmaker.index.hands import each_part  # noqa: E402
from crm.matchmaker.index.word_index import WordIndex  # noqa: E402
from crm.matchmaker.language.norwegian import STOP_WORDS, stem  # noqa: E402
from crm.matchmaker.language.terms import count_words  # noqa: E402
from crm.matchmaker.language.words import WordTfidf  # noqa: E402
from crm.matchmaker.ranking.ranker import Matchmaker  # noqa: E402

RESULTS = ROOT / "bench" / "results"
TOP, RUNS, SAMPLE = 50, 3, (1_000, 50_000)
Figures = dict[str, Any]


def shared_data() -> Path:
    return Path(os.environ.get("CRM_SHARED_DATA") or ROOT.parent / "shared" / "data")


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    outcome = task()
    return time.perf_counter() - started, outcome


def texts_of(companies: int, needs: int) -> tuple[list[str], list[str]]:
    maker = Maker(shared_data())
    texts = [company.text for company in maker.companies(companies)]
    return texts, [maker.need(number).text for number in range(needs)]


def keys_of(count: int) -> list[str]:
    return [f"{800_000_000 + number}" for number in range(count)]


def build(companies: int, needs: int, folder: Path) -> Figures:
    """Read the texts and index their words; keep everything for the search."""
    warm(folder)
    texts, asked = texts_of(companies, needs)

    def index_words() -> tuple[WordTfidf, Any, WordIndex]:
        words = WordTfidf()
        rows = words.fit_transform(count_words(texts))
        return words, rows, WordIndex.build(keys_of(companies), rows).write(folder / "index")

    seconds, (words, rows, index) = timed(index_words)
    figures: Figures = {"build s": seconds, "build peak MB": peak_mb(), "postings": int(rows.nnz)}
    needs_rows = words.transform(asked)
    changed = max(companies // 200, 1)
    fresh = [company.text for company in Maker(shared_data(), seed=2).companies(changed)]
    third = changed // 3
    # A third of the 0.5 % is gone, the rest changed or new; those changed are spread over the whole.
    gone = keys_of(companies)[5 :: max(companies // max(third, 1), 1)][:third]
    spread = keys_of(companies)[:: max(companies // max(third, 1), 1)][:third]
    new = [*spread, *(f"9{number:08}" for number in range(changed - third - len(spread)))]
    part = fresh[: len(new)]

    def update() -> WordIndex:
        return (
            WordIndex.open(folder / "index")
            .updated(new, words.transform(part), gone=gone)
            .write(folder / "index")
        )

    figures["update s"], updated = timed(update)
    touched = {*gone, *new}
    place = {key: row for row, key in enumerate(keys_of(companies)) if key not in touched}
    whole = sparse.vstack([rows[list(place.values())], words.transform(part)], format="csr")
    rebuilt = WordIndex.build([*place, *new], whole)
    figures["update same as rebuilt"] = updated.best(needs_rows, TOP) == rebuilt.best(needs_rows, TOP)
    sparse.save_npz(folder / "rows.npz", rows, compressed=False)
    sparse.save_npz(folder / "needs.npz", needs_rows, compressed=False)
    index.write(folder / "built")
    figures["update ratio"] = figures["build s"] / figures["update s"]
    return figures


def warm(folder: Path) -> None:
    """Compile, or fetch what was compiled before, so that it is not measured."""
    rows = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    WordIndex.build(["a", "b", "c"], rows).write(folder / "warm").best(rows, 2)


def ours(folder: Path) -> Figures:
    """Open what was built and find the best, in a process that has nothing else."""
    opened, index = timed(lambda: WordIndex.open(folder / "built"))
    needs = sparse.load_npz(folder / "needs.npz").tocsr()
    first, _ = timed(lambda: index.best(needs, TOP))
    rest = [timed(lambda: index.best(needs, TOP))[0] for _ in range(RUNS)]
    return {"open s": opened, "first s": first, "word index s": statistics.median(rest), "peak MB": peak_mb()}


def others(companies: int, needs: int, folder: Path) -> Figures:
    """The baselines over the same words, and ours once more between them: the machine may be shared."""
    rows = sparse.load_npz(folder / "rows.npz").tocsr()
    asked = sparse.load_npz(folder / "needs.npz").tocsr()
    index = WordIndex.open(folder / "built")
    index.best(asked, TOP)
    contenders: dict[str, Callable[[], Any]] = {"word index": lambda: index.best(asked, TOP)}
    contenders["scipy product"] = lambda: _scipy_best(rows, asked)
    figures: Figures = {}
    if find_spec("sparse_dot_topn"):
        from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415  (only where it is installed)

        columns = rows.T.tocsr()
        contenders["sparse_dot_topn"] = lambda: sp_matmul_topn(asked, columns, TOP, sort=True, n_threads=2)
    else:
        print("skipped: sparse_dot_topn is not installed")
    if find_spec("bm25s"):
        figures["bm25s build s"], contenders["bm25s numba"] = _bm25s(companies, needs)
        contenders["bm25s numba"]()
    else:
        print("skipped: bm25s is not installed")
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(RUNS):
        for name, contender in contenders.items():
            seconds[name].append(timed(contender)[0])
    figures |= {f"{name} s": statistics.median(runs) for name, runs in seconds.items()}
    for name in contenders:
        figures[f"{name} / word index"] = figures[f"{name} s"] / figures["word index s"]
    return figures | {"same as brute force": _as_brute_force(rows, asked)}


def fused(companies: int, needs: int, folder: Path) -> Figures:
    """Read in the companies and find the best by all signals, the word index between the runs."""
    maker = Maker(shared_data())
    everybody = list(maker.companies(companies))
    asked = [maker.need(number) for number in range(needs)]
    matchmaker = Matchmaker(top=TOP)
    seconds, _ = timed(lambda: matchmaker.fit(everybody))
    blocks, weights, bias = matchmaker.blocks_, matchmaker.weights_, matchmaker.bias_
    blocks.best(asked, weights, bias, top=TOP)
    read = [blocks.weigh(asked[start : start + 32], weights, bias) for start in range(0, needs, 32)]
    figures: Figures = {"read in s": seconds, "peak MB": peak_mb()}
    index, rows = WordIndex.open(folder / "built"), sparse.load_npz(folder / "needs.npz").tocsr()
    contenders: dict[str, Callable[[], Any]] = {
        "word index": lambda: index.best(rows, TOP),
        "whole score": lambda: list(each_part(blocks.field, read, TOP)),
        "whole score with reading": lambda: blocks.best(asked, weights, bias, top=TOP),
    }
    runs: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(RUNS + 2):
        for name, contender in contenders.items():
            runs[name].append(timed(contender)[0])
    figures |= {f"{name} s": statistics.median(each) for name, each in runs.items()}
    for name in ("whole score", "whole score with reading"):
        figures[f"{name} / word index"] = figures[f"{name} s"] / figures["word index s"]
    return figures | {"same as the dense way": _as_the_dense_way(maker)}


def _as_the_dense_way(maker: Maker) -> bool:
    """Whether a thousand needs over fifty thousand companies get what every signal of every pair gives."""
    count, size = SAMPLE
    matchmaker = Matchmaker(top=TOP).fit(maker.companies(size))
    asked = [maker.need(number) for number in range(count)]
    best = matchmaker.blocks_.best(asked, matchmaker.weights_, matchmaker.bias_, top=TOP)
    for start in range(0, count, 20):
        reading = matchmaker.signals_.read(asked[start : start + 20])
        for row, found in enumerate(best[start : start + 20]):
            scores = matchmaker.bias_ + reading.total(row, matchmaker.weights_)
            if found.tolist() != np.argsort(-scores, kind="stable")[:TOP].tolist():
                return False
    return True


def _scipy_best(rows: Any, needs: Any) -> Any:
    """The product a hundred needs at a time, and the best of it."""
    best = []
    for start in range(0, needs.shape[0], 100):
        sums = (rows @ needs[start : start + 100].T).toarray()
        count = min(TOP, sums.shape[0])
        best.append(np.argpartition(-sums, count - 1, axis=0)[:count])
    return best


def _bm25s(companies: int, needs: int) -> tuple[float, Callable[[], Any]]:
    import bm25s  # noqa: PLC0415  (only where it is installed)

    texts, asked = texts_of(companies, needs)
    settings = {"stopwords": sorted(STOP_WORDS), "stemmer": lambda words: [stem(word) for word in words]}
    retriever = bm25s.BM25(backend="numba")

    def index_texts() -> None:
        tokens = bm25s.tokenize(texts, show_progress=False, **settings)
        retriever.index(tokens, show_progress=False)

    seconds, _ = timed(index_texts)
    tokens = bm25s.tokenize(asked, show_progress=False, **settings)
    return seconds, lambda: retriever.retrieve(tokens, k=TOP, show_progress=False, n_threads=2)


def _as_brute_force(rows: Any, needs: Any) -> bool:
    """Whether a thousand needs over fifty thousand companies get the product's answers to the last bit."""
    count, size = SAMPLE
    part = rows[: min(size, rows.shape[0])]
    asked = sparse.vstack([needs, part[: max(count - needs.shape[0], 0)]], format="csr")[:count]
    part.sort_indices()  # the sums run over the terms in their order
    keys = keys_of(part.shape[0])
    found = WordIndex.build(keys, part).best(asked, TOP)
    for start in range(0, asked.shape[0], 100):
        sums = (part @ asked[start : start + 100].T).toarray().T
        for row, best in zip(sums, found[start : start + 100], strict=True):
            order = [number for number in np.argsort(-row, kind="stable")[:TOP] if row[number] > 0]
            if best != [(keys[number], float(row[number])) for number in order]:
                return False
    return True


def in_its_own_process(step: str, settings: argparse.Namespace, folder: Path) -> Figures:
    sizes = ["--companies", str(settings.companies), "--needs", str(settings.needs)]
    command = [sys.executable, __file__, *sizes, "--step", step, "--folder", str(folder)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    for line in said[:-1]:
        print(line)
    figures: Figures = json.loads(said[-1])
    print(f"{step}:", json.dumps(figures))
    return figures


def machine() -> Figures:
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    load = round(os.getloadavg()[0], 1)
    return {"platform": platform.platform(), "cpus": os.cpu_count(), "load": load, **versions} | {
        "numba": numba.__version__
    }


def rounded(figures: Figures) -> Figures:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=50_000)
    parser.add_argument("--needs", type=int, default=200)
    parser.add_argument("--step", choices=("build", "ours", "others", "fused"))
    parser.add_argument("--folder", type=Path)
    settings = parser.parse_args()
    if settings.step == "build":
        print(json.dumps(rounded(build(settings.companies, settings.needs, settings.folder))))
    elif settings.step == "ours":
        print(json.dumps(rounded(ours(settings.folder))))
    elif settings.step == "fused":
        print(json.dumps(rounded(fused(settings.companies, settings.needs, settings.folder))))
    elif settings.step == "others":
        print(json.dumps(rounded(others(settings.companies, settings.needs, settings.folder))))
    else:
        with tempfile.TemporaryDirectory() as folder:
            steps = {
                step: in_its_own_process(step, settings, Path(folder))
                for step in ("build", "ours", "fused", "others")
            }
        print("machine:", json.dumps(machine()))
        RESULTS.mkdir(parents=True, exist_ok=True)
        sizes = {"companies": settings.companies, "needs": settings.needs}
        record = {"machine": machine(), **sizes, **steps}
        (RESULTS / "match_scale.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
