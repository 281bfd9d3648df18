"""How long a night's changes take, at the five requests a second the register is asked with at most.

Run from the repository root: ``python bench/register_sync.py [changes [units]]``. A register on this machine
holds the changes, the mirror holds the units (made up, see register_read.py), in a database of its own. The
baseline is asking alone: the same requests with nothing written.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from register_load import prepare  # noqa: E402  (the path comes first)
from register_read import records, write_json  # noqa: E402

from crm import clock  # noqa: E402
from crm.jobs import register_load, register_sync  # noqa: E402
from crm.registry import feeds  # noqa: E402
from crm.sources.enhetsregisteret import RegisterApi  # noqa: E402
from crm.sources.outbound import Outbound  # noqa: E402
from crm.storage.engines import driver, open_database  # noqa: E402
from tests import register as fake  # noqa: E402

RESULTS = ROOT / "bench" / "results"
CHANGES, UNITS = 10_000, 100_000
WANTED_SECONDS = 20
SHARES = {"Ny": 0.1, "Sletting": 0.03, "Fjernet": 0.002}


def main() -> None:
    given = [int(number) for number in sys.argv[1:3]]
    changes, units = (*given, *(CHANGES, UNITS)[len(given) :])
    with tempfile.TemporaryDirectory() as folder, fake.serving() as register:
        url = f"sqlite:///{folder}/mirror.sqlite"
        fill(url, Path(folder), units)
        told = tell(register, changes, units)
        figures = measured(url, register)
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    result = {"machine": machine, "units": units, "changes": told, **figures, "wanted": WANTED_SECONDS}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "register_sync.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(" ".join(f"{name} {value}" for name, value in result.items() if name != "machine"))
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def fill(url: str, folder: Path, units: int) -> None:
    prepare(url)
    bulk = folder / "units.json.gz"
    write_json(bulk, units)
    database = open_database(url)
    register_load.load_file(database, str(bulk))
    with database.Mirror() as session:
        feeds.start_from(session, "enheter", clock.now() - timedelta(days=1))
        session.commit()
    database.dispose()


def tell(register: fake.FakeRegister, changes: int, units: int) -> dict[str, int]:
    """Changes spread over the whole mirror; the new ones are numbers beyond it."""
    kinds = {kind: int(share * changes) for kind, share in SHARES.items()}
    kinds["Endring"] = changes - sum(kinds.values())
    every = max(1, units // (changes - kinds["Ny"]))
    waiting = [kind for kind, count in kinds.items() if kind != "Ny" for _ in range(count)]
    for place, record in enumerate(records(units + kinds["Ny"])):
        if place >= units:
            register.tell("Ny", record, at="2199-01-01T00:00:00.000Z")
        elif place % every == 0 and waiting:
            record["navn"] = f"{record['navn']} NORGE"
            register.tell(waiting.pop(), record, at="2199-01-01T00:00:00.000Z")
    return kinds


def measured(url: str, register: fake.FakeRegister) -> dict[str, object]:
    place = f"127.0.0.1:{register.server_port}"
    outbound = Outbound(user_agent="crm bench (post@example.no)", trusted=frozenset({place}))
    api = RegisterApi(outbound, base_url=f"http://{place}/api")
    database = open_database(url)
    start, began = time.perf_counter(), time.process_time()
    counts = register_sync.follow(database, api, "units")
    seconds = time.perf_counter() - start
    database.dispose()
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time() - began, 1),
        "requests": len(register.asked),
        "requests_alone": round(len(register.asked) / outbound.per_second, 1),
        "ratio": round(seconds / (len(register.asked) / outbound.per_second), 2),
        "counts": counts.line("units", seconds),
    }


if __name__ == "__main__":
    main()
