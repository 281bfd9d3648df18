"""How fast a bulk file is loaded into the mirror, database and all, and that memory does not grow with it.

Run from the repository root: ``python bench/register_load.py [units …]``. The files are made up and gzipped,
in JSON. Each load runs in a process of its own, so that its peak of memory is its own: into an empty
database, and once more with nothing changed. The baseline is reading the same file without a database; beside
it DuckDB reads it into a table without indexes, where it is installed (pip install duckdb).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from register_read import write_json  # noqa: E402  (the path comes first)

from crm.codes import operations as codes  # noqa: E402
from crm.jobs import register_load  # noqa: E402
from crm.sources.bulk import open_bulk  # noqa: E402
from crm.sources.unit_reading import read_units  # noqa: E402
from crm.storage import schema  # noqa: E402
from crm.storage.engines import driver, open_database  # noqa: E402

RESULTS = ROOT / "bench" / "results"
SIZES = (20_000, 100_000, 300_000)
BASELINE, DUCKDB = "read only", "duckdb read_json"
STEPS = (BASELINE, DUCKDB, "empty database", "unchanged again")
FIRST, AGAIN = "empty database", "unchanged again"
WANTED_OF_DUCKDB, WANTED_OF_FIRST, WANTED_PEAK_MB = 3, 0.25, 600
WANTED = 10_000


def main() -> None:
    if len(sys.argv) > 3 and sys.argv[1] in STEPS:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], sys.argv[3])))
        return
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        figures = {size: measured(size, Path(folder)) for size in sizes}
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    result = {"machine": machine, "figures": figures, "ratio_to": BASELINE, "wanted_per_second": WANTED}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "register_load.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def measured(size: int, folder: Path) -> dict[str, dict[str, float]]:
    """The figures of one size, printed as they come."""
    bulk, url = folder / f"{size}.json.gz", f"sqlite:///{folder / f'{size}.sqlite'}"
    write_json(bulk, size)
    prepare(url)
    figures: dict[str, dict[str, float]] = {}
    for step in STEPS:
        if step == DUCKDB and find_spec("duckdb") is None:
            print("duckdb is not installed: no comparison with it")
            continue
        command = [sys.executable, __file__, step, str(bulk), url]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        figures[step] = found = json.loads(done.stdout)
        found["ratio"] = round(found["units_per_second"] / figures[BASELINE]["units_per_second"], 2)
        print(f"{size:>8} {step:15}", " ".join(f"{name} {value}" for name, value in found.items()))
    compare(figures)
    return figures


def compare(figures: dict[str, dict[str, float]]) -> None:
    """How long the loads took beside each other, and beside DuckDB."""
    figures[AGAIN]["of_first"] = round(figures[AGAIN]["seconds"] / max(figures[FIRST]["seconds"], 0.1), 2)
    print(f"a second load: {figures[AGAIN]['of_first']} of the first, wanted {WANTED_OF_FIRST}")
    if DUCKDB in figures:
        figures[FIRST]["of_duckdb"] = round(
            figures[FIRST]["seconds"] / max(figures[DUCKDB]["seconds"], 0.1), 2
        )
        print(f"a first load: {figures[FIRST]['of_duckdb']} of DuckDB, wanted {WANTED_OF_DUCKDB}")
    peak = max(figures[FIRST]["peak_mb"], figures[AGAIN]["peak_mb"])
    print(f"peak: {peak} MB, wanted {WANTED_PEAK_MB}")


def prepare(url: str) -> None:
    database = open_database(url)
    schema.upgrade(database.engine)
    with database.Write() as session:
        codes.ensure_starter(session)
        session.commit()
    database.dispose()


def measure(step: str, bulk: str, url: str) -> dict[str, float]:
    """Units a second and the peak of memory of one load of one file."""
    start = time.perf_counter()
    count = {BASELINE: read, DUCKDB: read_by_duckdb}.get(step, partial(load, url=url))(bulk)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "units": count,
        "seconds": round(seconds, 1),
        "units_per_second": round(count / seconds),
        "peak_mb": round(peak / 1024, 1),
    }


def read(bulk: str) -> int:
    with open_bulk(bulk) as opened:
        return sum(1 for _ in read_units(opened))


def read_by_duckdb(bulk: str) -> int:
    import duckdb  # noqa: PLC0415  (in a process of its own, where it is installed)

    connection = duckdb.connect(f"{bulk}.duckdb")
    connection.execute("CREATE TABLE units AS SELECT * FROM read_json(?)", [bulk])
    return int(connection.execute("SELECT count(*) FROM units").fetchall()[0][0])


def load(bulk: str, url: str) -> int:
    database = open_database(url)
    _, counts = register_load.load_file(database, bulk)
    database.dispose()
    return counts.read


if __name__ == "__main__":
    main()
