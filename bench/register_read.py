"""How fast a bulk file of the register is read, and that memory does not grow with it.

Run from the repository root: ``python bench/register_read.py [units …]``. Beside our reader stand the
standard library's ``json.load`` of the whole file and ijson without our types. The files are made up and
gzipped. Each reading runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import ijson
from stdnum.no import orgnr

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm.sources.bulk import open_bulk  # noqa: E402  (the path comes first)
from crm.sources.unit_reading import read_units  # noqa: E402
from crm.sources.units import Unit  # noqa: E402

RESULTS = ROOT / "bench" / "results"
SIZES = (10_000, 100_000, 300_000)
BASELINE = "json.load"
READERS = (BASELINE, "ijson", "read_units", "read_units csv")
WORDS = ("utvikling", "salg", "drift", "av", "og", "innen", "helse", "bygg", "transport", "utstyr", "skog")


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] in READERS:
        print(json.dumps(read(sys.argv[1], Path(sys.argv[2]))))
        return
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder:
        figures = {size: measured(size, Path(folder)) for size in sizes}
    machine = {"platform": platform.platform(), "cpus": os.cpu_count(), "python": platform.python_version()}
    RESULTS.mkdir(exist_ok=True)
    result = {"machine": machine, "figures": figures, "ratio_to": BASELINE}
    (RESULTS / "register_read.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def measured(size: int, folder: Path) -> dict[str, dict[str, float]]:
    """Each reader's figures for a file of ``size`` units, printed as they come."""
    as_json, as_csv = folder / f"{size}.json.gz", folder / f"{size}.csv.gz"
    write_json(as_json, size)
    write_csv(as_csv, size)
    figures: dict[str, dict[str, float]] = {}
    for reader in READERS:
        path = as_csv if reader.endswith("csv") else as_json
        command = [sys.executable, __file__, reader, str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        figures[reader] = found = json.loads(done.stdout)
        found["ratio"] = round(found["units_per_second"] / figures[BASELINE]["units_per_second"], 2)
        print(f"{size:>8} {reader:15}", " ".join(f"{name} {value}" for name, value in found.items()))
    return figures


def read(reader: str, path: Path) -> dict[str, float]:
    """Units a second and the peak of memory of one reading of one file."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    count = counted(reader, path)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "units": count,
        "units_per_second": round(count / seconds),
        "peak_mb": round(peak / 1024, 1),
        "grown_mb": round((peak - before) / 1024, 1),
    }


def counted(reader: str, path: Path) -> int:
    if reader.startswith("read_units"):
        with open_bulk(str(path)) as bulk:
            return sum(isinstance(unit, Unit) for unit in read_units(bulk))
    with gzip.open(path) as file:
        return len(json.load(file)) if reader == BASELINE else sum(1 for _ in ijson.items(file, "item"))


def records(size: int) -> Iterator[dict[str, object]]:
    """Made-up units of the length and shape the register's have, the same on every machine."""
    chance = random.Random(1)
    stem = 81_000_000
    for _ in range(size):
        stem += 1
        while (number := with_check_digit(stem)) is None:
            stem += 1
        yield unit(number, chance)


def with_check_digit(stem: int) -> str | None:
    return next((f"{stem}{digit}" for digit in range(10) if orgnr.checksum(f"{stem}{digit}") == 0), None)


def unit(number: str, chance: random.Random) -> dict[str, object]:
    wrapped = [" ".join(chance.choices(WORDS, k=9)) for _ in range(4)]
    address = {
        "adresse": [f"Storgata {chance.randint(1, 200)}"],
        "postnummer": "2406",
        "poststed": "ELVERUM",
        "kommune": "ELVERUM",
        "kommunenummer": "3420",
        "land": "Norge",
        "landkode": "NO",
    }
    return {
        "organisasjonsnummer": number,
        "navn": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number[-5:]} AS".upper(),
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {
            "kode": f"{chance.randint(10, 99)}.{chance.randint(100, 999)}",
            "beskrivelse": "Noe",
        },
        "harRegistrertAntallAnsatte": True,
        "antallAnsatte": chance.randint(5, 500),
        "postadresse": address,
        "forretningsadresse": address,
        "institusjonellSektorkode": {"kode": "2100", "beskrivelse": "Private aksjeselskaper mv."},
        "sisteInnsendteAarsregnskap": "2025",
        "registreringsdatoEnhetsregisteret": f"{chance.randint(1995, 2025)}-02-19",
        "stiftelsesdato": f"{chance.randint(1950, 2025)}-05-17",
        "registrertIMvaregisteret": True,
        "registrertIFrivillighetsregisteret": False,
        "konkurs": False,
        "underAvvikling": False,
        "underTvangsavviklingEllerTvangsopplosning": False,
        "maalform": "Bokmål",
        "vedtektsfestetFormaal": wrapped,
        "aktivitet": wrapped,
    }


def write_json(path: Path, size: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for place, record in enumerate(records(size)):
            file.write(("[" if place == 0 else ",\n") + json.dumps(record, ensure_ascii=False, indent=1))
        file.write("]")


def write_csv(path: Path, size: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1, newline="") as file:
        writer = csv.writer(file)
        for place, record in enumerate(records(size)):
            cells = flat(record)
            if place == 0:
                writer.writerow(cells)
            writer.writerow(cells.values())


def flat(record: dict[str, object]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in record.items():
        inner = (
            {f"{name}.{key}": part for key, part in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
        for column, part in inner.items():
            text = " ".join(part) if isinstance(part, list) else str(part)
            cells[column] = text.lower() if isinstance(part, bool) else text
    return cells


if __name__ == "__main__":
    main()
