"""How fast a spreadsheet is judged, taken in and taken back, and how long others wait for the database.

Run from the repository root: ``python bench/sheets_in.py [rows …]``. The files are made up, as CSV and as
XLSX; each run has a database and a process of its own. While rows are written a thread with a connection
of its own writes a line every 20 ms; its longest wait tells how long the write lock was held. Baseline:
pandas (``read_excel`` or
``read_csv``, then ``to_sql`` of the bare table, no checks) on the same file, where pandas and openpyxl are
installed (``pip install pandas openpyxl``); they are no library of the program's.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import text  # noqa: E402  (the path comes first)

from crm.accounts import operations as accounts  # noqa: E402
from crm.accounts.drafts import UserDraft  # noqa: E402
from crm.accounts.permissions import Role  # noqa: E402
from crm.codes import operations as codes  # noqa: E402
from crm.demo.made_up import numbers  # noqa: E402
from crm.exchange import operations, queries  # noqa: E402
from crm.exchange.drafts import choices_draft, columns_draft  # noqa: E402
from crm.exchange.models import Import  # noqa: E402
from crm.jobs import import_run  # noqa: E402
from crm.segments import operations as segments  # noqa: E402
from crm.sheets.columns import Column, Kind, Sheet  # noqa: E402
from crm.sheets.csv_out import write_csv  # noqa: E402
from crm.sheets.xlsx_out import write_xlsx  # noqa: E402
from crm.storage import schema  # noqa: E402
from crm.storage.engines import Database, driver, open_database  # noqa: E402

RESULTS = ROOT / "bench" / "results"
SIZES = (10_000, 100_000)
WANTED = {10_000: {"verdict": 5, "apply": 5}, 100_000: {"verdict": 45, "apply": 20}}
HEADER = (
    "Organisasjonsnummer",
    "Virksomhet",
    "Kommune",
    "Ansatte",
    "Kontaktperson",
    "Telefon til kontaktperson",
    "E-post til kontaktperson",
    "Steg",
    "Notat",
    "Neste steg",
    "Frist",
)
TOWNS = ("Elverum", "Hamar", "Oslo", "Lillehammer", "Trysil")
PAUSE = 0.02


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] in {"ours", "pandas"}:
        run = ours if sys.argv[1] == "ours" else pandas
        print(json.dumps(run(Path(sys.argv[2]), f"sqlite:///{sys.argv[3]}")))
        return
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            for form in ("csv", "xlsx"):
                figures[f"{size} {form}"] = measured(size, form, Path(folder))
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    RESULTS.mkdir(exist_ok=True)
    result = {"machine": machine, "figures": figures, "wanted_seconds": WANTED, "ratio_to": "pandas"}
    (RESULTS / "sheets_in.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def measured(size: int, form: str, folder: Path) -> dict[str, Any]:
    """One file through us and through pandas, each in a process of its own."""
    file = folder / f"{size}.{form}"
    with file.open("wb") as stream:
        (write_csv if form == "csv" else write_xlsx)(
            Sheet("Liste", tuple(Column(name, Kind.TEXT) for name in HEADER)), rows(size), stream
        )
    found = {"ours": child("ours", file, folder / f"{size}-{form}-ours.sqlite")}
    if importlib.util.find_spec("pandas"):
        found["pandas"] = child("pandas", file, folder / f"{size}-{form}-pandas.sqlite")
        whole = found["ours"]["verdict"] + found["ours"]["apply"]
        found["ratio"] = {"whole": round(whole / found["pandas"]["whole"], 1)}
    for name, values in found.items():
        print(f"{size:>7} {form:4} {name:7}", " ".join(f"{key} {value}" for key, value in values.items()))
    return found


def child(run: str, file: Path, database: Path) -> dict[str, float]:
    command = [sys.executable, __file__, run, str(file), str(database)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def rows(size: int) -> Any:
    """Made-up rows: every one a company, every other with a person, some with a note and a next step."""
    for place, orgnr in zip(range(size), numbers(taken=set()), strict=False):
        person = (f"Person {place}", f"9{place % 10_000_000:07}", f"p{place}@example.org")
        yield (
            "" if orgnr.startswith("2") else orgnr,
            f"Firma {orgnr} AS",
            TOWNS[place % len(TOWNS)],
            str(place % 90),
            *(person if place % 2 else ("", "", "")),
            "Kontaktet" if place % 3 else "",
            f"Notat nummer {place}" if place % 4 == 0 else "",
            "Ring" if place % 5 == 0 else "",
            "1.12.2026" if place % 5 == 0 else "",
        )


def ours(file: Path, url: str) -> dict[str, float]:
    """Seconds of verdicts, of writing and of taking back, and what they cost others."""
    database = open_database(url)
    schema.upgrade(database.engine)
    with database.Write() as session:
        codes.ensure_starter(session)
        segments.ensure_starter(session)
        user = accounts.create_user(session, None, UserDraft(email="a@b.no", name="A", role=Role.DEVELOPER))
        session.commit()
        user_id = user.id
    found: dict[str, float] = {}
    began = time.perf_counter()
    with database.Write() as session:
        made = operations.receive(session, user_id, file.name, file.read_bytes(), now=datetime.now(UTC))
        fields = columns_draft(made.columns, len(made.header))
        choices = choices_draft(fields, source="prøve", purpose="måling")
        operations.request_verdicts(session, made, fields, choices)
        session.commit()
        import_id = made.id
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    import_run.run(database, import_id)
    found["verdict"] = round(time.perf_counter() - began, 2)
    found["verdict_cpu"] = round(time.process_time(), 2)
    for step, ask in (("apply", _apply), ("undo", _undo)):
        ask(database, import_id)
        with _Waiting(url) as waiting:
            began, worked = time.perf_counter(), time.process_time()
            import_run.run(database, import_id)
            found[step] = round(time.perf_counter() - began, 2)
            found[f"{step}_cpu"] = round(time.process_time() - worked, 2)
        found |= {f"{step}_longest_wait": round(waiting.longest, 2), f"{step}_writes": waiting.writes}
        if step == "apply":
            with database.Read() as session:
                found |= queries.verdict_counts(session, import_id)
    found["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    found["grown_mb"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    found["child_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    return found


def _apply(database: Database, import_id: int) -> None:
    with database.Write() as session:
        operations.request_applying(session, None, session.get_one(Import, import_id))
        session.commit()


def _undo(database: Database, import_id: int) -> None:
    with database.Write() as session:
        operations.request_undoing(session, None, session.get_one(Import, import_id))
        session.commit()


class _Waiting:
    """Somebody else who writes all the while, and how long the longest write took."""

    def __init__(self, url: str) -> None:
        self.longest, self.writes = 0.0, 0
        self._over = threading.Event()
        self._url = url
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        other = open_database(self._url)
        while not self._over.wait(PAUSE):
            began = time.perf_counter()
            with other.Write() as session:
                session.execute(text("UPDATE users SET name = name WHERE id = 1"))
                session.commit()
            self.longest = max(self.longest, time.perf_counter() - began)
            self.writes += 1
        other.dispose()


def pandas(file: Path, url: str) -> dict[str, float]:
    """Seconds of reading the same file and writing it as one bare table."""
    import pandas as pd  # noqa: PLC0415  (only where it is installed)

    database = open_database(url)
    began = time.perf_counter()
    read = pd.read_excel(file, dtype=str) if file.suffix == ".xlsx" else pd.read_csv(file, sep=";", dtype=str)
    middle = time.perf_counter()
    with database.engine.begin() as connection:
        read.to_sql("rows", connection, index=False)
    done = time.perf_counter()
    return {
        "read": round(middle - began, 2),
        "write": round(done - middle, 2),
        "whole": round(done - began, 2),
    }


if __name__ == "__main__":
    main()
