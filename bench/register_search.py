"""How soon a unit is found among many: by name, number, purpose and place.

Run from the repository root: ``python bench/register_search.py [units …]``; 1100000 is the whole country. The
units are recombined from the samples of the register where they are present (CRM_SHARED_DATA, or
../shared/data), else from phrases of the bench's own, the same every time. The baseline is the same
question answered by looking at every row; growth is against the smallest size.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from register_load import prepare  # noqa: E402  (the path comes first)
from register_read import records as plain_records  # noqa: E402

from crm.jobs import register_load  # noqa: E402
from crm.prospects import queries as prospects  # noqa: E402
from crm.prospects.drafts import ProspectFilter  # noqa: E402
from crm.registry import queries  # noqa: E402
from crm.registry.models import Unit  # noqa: E402
from crm.spelling import fold  # noqa: E402
from crm.storage.engines import driver, open_database  # noqa: E402

RESULTS = ROOT / "bench" / "results"
SAMPLES = Path(os.environ.get("CRM_SHARED_DATA", ROOT.parent / "shared" / "data")) / "register"
SIZES = (11_000, 100_000)
ASKED = 120
FITTING = ("56", "62", "80", "86", "87", "88", "93")
WANTED_MS, WANTED_GROWTH = 30, 3
Record = dict[str, object]


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    figures: dict[int, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            figures[size] = measured(size, Path(folder))
            for kind, found in figures[size].items():
                if first := figures[sizes[0]][kind].get("p95_cpu_ms"):
                    found["growth"] = round(found["p95_cpu_ms"] / first, 2)
                print(f"{size:>8} {kind:12}", " ".join(f"{name} {value}" for name, value in found.items()))
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    result = {
        "machine": machine,
        "figures": figures,
        "wanted": {"p95_ms": WANTED_MS, "growth": WANTED_GROWTH},
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "register_search.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def measured(size: int, folder: Path) -> dict[str, dict[str, float]]:
    """The figures of one size: loading it, then each kind of question."""
    url, bulk = f"sqlite:///{folder / f'{size}.sqlite'}", folder / f"{size}.json.gz"
    prepare(url)
    write(bulk, size)
    database = open_database(url)
    start = time.perf_counter()
    register_load.load_file(database, str(bulk))
    seconds = time.perf_counter() - start
    bulk.unlink()
    with database.Read() as session:
        asked = questions(session)
        found = {kind: timed(session, texts) for kind, texts in asked.items()}
        found["every row"] = timed(session, asked["part of name"][:5], every_row)
        found |= screens(session)
    database.dispose()
    found["load"] = {"seconds": round(seconds, 1), "units_per_second": round(size / seconds)}
    return found


def questions(session: Session) -> dict[str, list[str]]:
    """What people type, cut from units spread over the mirror."""
    chance = random.Random(2)
    total = session.scalar(select(func.count()).select_from(Unit)) or 0
    step = max(1, total // ASKED)
    numbers = session.scalars(select(Unit.orgnr).order_by(Unit.orgnr)).all()[::step][:ASKED]
    units = [session.get_one(Unit, number) for number in numbers]
    session.expunge_all()
    words = [[word for word in fold(unit.purpose).split() if len(word) > 4] or ["drift"] for unit in units]
    return {
        "name": [unit.name for unit in units],
        "begun name": [unit.name[: max(3, len(unit.name) // 2)] for unit in units],
        "part of name": [unit.name_key[2:8].strip() or unit.name for unit in units],
        "number": [unit.orgnr for unit in units],
        "purpose word": [chance.choice(found) for found in words],
        "purpose": [" ".join(chance.sample(found, min(2, len(found)))) for found in words],
        "word, place": [f"{chance.choice(f)} {u.municipality}" for f, u in zip(words, units, strict=True)],
        "nothing": [f"{unit.name_key[:4]}zxq" for unit in units],
    }


def timed(
    session: Session, texts: list[str], ask: Callable[[Session, str], object] = queries.search
) -> dict[str, float]:
    """Milliseconds of a question, the middle one and the 95th of a hundred; ``cpu`` where others share it."""
    taken, worked = [], []
    for text in texts:
        start, began = time.perf_counter(), time.process_time()
        ask(session, text)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - began) * 1000)
        session.expunge_all()
    high = int(len(texts) * 0.95)
    return {
        "p50_ms": round(statistics.median(taken), 2),
        "p95_ms": round(sorted(taken)[high], 2),
        "p95_cpu_ms": round(sorted(worked)[high], 2),
    }


def screens(session: Session) -> dict[str, dict[str, float]]:
    """Mulige leads: a first screen, the one after it and the count, near by and in the whole country."""
    start = time.perf_counter()
    fitting = frozenset(c for c in prospects.industries_in_use(session) if c.startswith(FITTING))
    codes = {"p50_ms": round((time.perf_counter() - start) * 1000, 2)}
    wide = ProspectFilter(industries=fitting, core=frozenset(c for c in fitting if c.startswith("86")))
    towns = session.scalars(select(Unit.municipality_no).distinct().limit(12)).all()
    near = replace(wide, municipalities=frozenset(filter(None, towns)))

    def screen(wanted: ProspectFilter) -> Callable[[Session, str], object]:
        def ask(opened: Session, _text: str) -> None:
            shown = prospects.prospects(opened, wanted, limit=26)
            prospects.prospects(opened, replace(wanted, after=shown[-1].orgnr), limit=26)
            prospects.count_prospects(opened, wanted)

        return ask

    return {
        "codes in use": codes,
        "leads near": timed(session, ["x"] * 5, screen(near)),
        "leads, all": timed(session, ["x"] * 5, screen(wide)),
    }


def every_row(session: Session, text: str) -> object:
    held = select(Unit).where(Unit.name_key.contains(fold(text), autoescape=True))
    return session.scalars(held.order_by(func.length(Unit.name_key)).limit(10)).all()


def write(path: Path, size: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for place, record in enumerate(recombined(size)):
            file.write(("[" if place == 0 else ",\n") + json.dumps(record, ensure_ascii=False))
        file.write("]")


def recombined(size: int) -> Iterator[Record]:
    """Made-up numbers with names, texts, places and industries of real units, each from another."""
    chance, known = random.Random(3), sampled()
    for record in plain_records(size):
        if known:
            name, other, where, what = (chance.choice(known) for _ in range(4))
            first, rest = str(name["navn"]).split(), str(other["navn"]).split()
            record["navn"] = " ".join([first[0], *rest[1:]]) if len(rest) > 1 else f"{first[0]} {rest[0]}"
            record["forretningsadresse"] = where.get("forretningsadresse") or record["forretningsadresse"]
            record["naeringskode1"] = what.get("naeringskode1") or record["naeringskode1"]
            for field in ("vedtektsfestetFormaal", "aktivitet"):
                record[field] = chance.choice(known).get(field) or record[field]
        yield record


def sampled() -> list[Record]:
    """The real units of the samples; none where they are not present."""
    found: list[Record] = []
    for path in sorted(SAMPLES.glob("*-enheter.json.gz")) + sorted(SAMPLES.glob("enheter-*.json.gz")):
        with gzip.open(path) as file:
            found += json.load(file)
    return found


if __name__ == "__main__":
    main()
