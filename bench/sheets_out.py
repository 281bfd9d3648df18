"""How fast a list goes out as CSV and as XLSX, in how much memory and how many questions.

Run from the repository root: ``python bench/sheets_out.py [companies]``. The companies are made up, each with
a lead, an own field, and most with a segment, a person and a follow-up: twenty columns. Each form is written
in a process of its own, with the database's bench file made anew in a temporary folder. Baseline: pandas
(``read_sql`` of the same question, then ``to_csv`` and ``to_excel`` with openpyxl) where it is installed
(``pip install pandas openpyxl``); it is no library of the program's.
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
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import event, insert, text  # noqa: E402  (the path comes first)

from crm.accounts import operations as accounts  # noqa: E402
from crm.accounts.drafts import UserDraft  # noqa: E402
from crm.accounts.permissions import Role  # noqa: E402
from crm.activities.models import FollowUp  # noqa: E402
from crm.cli.leads import _COLUMNS, _KINDS, _STAGES  # noqa: E402
from crm.companies.drafts import CompanyFilter, company_filter  # noqa: E402
from crm.companies.models import Company, FactsSource, Lead, Stage, lead_segments  # noqa: E402
from crm.contacts.models import CompanyRole, Contact  # noqa: E402
from crm.exchange import listed  # noqa: E402
from crm.exchange.formats import Listing, write  # noqa: E402
from crm.fields import operations as fields  # noqa: E402
from crm.fields.drafts import field_draft  # noqa: E402
from crm.fields.models import OwnValue, Subject  # noqa: E402
from crm.segments import operations as segments  # noqa: E402
from crm.storage import schema  # noqa: E402
from crm.storage.engines import driver, open_database  # noqa: E402
from crm.storage.snapshot import snapshot  # noqa: E402

RESULTS = ROOT / "bench" / "results"
WANTED = {"csv": 5, "xlsx": 25, "grown_mb": 60, "questions": 3}
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TOWNS = ("Elverum", "Hamar", "Oslo", "Lillehammer", "Trysil")
BLOCK = 5000
WORDS = listed.Wording(
    language="nb",
    columns=_COLUMNS,
    stages={stage.value: word for stage, word in _STAGES.items()},
    contacts={kind.value: word for kind, word in _KINDS.items()},
)
RUNS = ("csv name", "xlsx name", "csv stage", "vcf name")


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] in {"ours", "pandas"}:
        print(json.dumps((ours if sys.argv[1] == "ours" else pandas)(sys.argv[2], sys.argv[3])))
        return
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/out.sqlite"
        fill(url, size)
        for run in RUNS:
            figures[run] = child("ours", run, url)
            if run in {"csv name", "xlsx name"} and importlib.util.find_spec("pandas"):
                baseline = child("pandas", run, url)
                ratio = round(figures[run]["seconds"] / baseline["seconds"], 2)
                figures[run] |= {"pandas": baseline, "ratio": ratio}
            print(f"{size} {run}:", figures[run])
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    RESULTS.mkdir(exist_ok=True)
    result = {"machine": machine, "companies": size, "figures": figures, "wanted": WANTED}
    (RESULTS / "sheets_out.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def child(what: str, run: str, url: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, what, run, url], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def ours(run: str, url: str) -> dict[str, float]:
    """Seconds, computing seconds, growth of memory and number of questions of one list."""
    form, sort = run.split()
    database = open_database(url)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with tempfile.TemporaryFile() as small, snapshot(database) as session:
        listing = Listing(company_filter({"q": "firma 77"}), WORDS, "Liste", (), listed.offered(session))
        write(form, session, listing, small)
    asked.clear()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    with tempfile.TemporaryFile() as file, snapshot(database) as session:
        listing = Listing(CompanyFilter(sort=sort), WORDS, "Liste", (), listed.offered(session))
        written = write(form, session, listing, file)
        size = file.tell()
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu": round(time.process_time() - worked, 2),
        "rows": written.rows,
        "columns": len(listing.columns),
        "mb": round(size / 2**20, 1),
        "questions": len([one for one in asked if not one.startswith(("BEGIN", "PRAGMA"))]),
        "grown_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }


def pandas(run: str, url: str) -> dict[str, float]:
    """Seconds of the same question read into one frame and written by pandas."""
    import pandas as pd  # noqa: PLC0415  (only where it is installed)

    form, _sort = run.split()
    database = open_database(url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    with database.Read() as session, tempfile.TemporaryDirectory() as folder:
        frame = pd.read_sql(listed.asked(CompanyFilter(), listed.offered(session)), session.connection())
        for name in frame.select_dtypes("datetimetz"):
            frame[name] = frame[name].dt.tz_localize(None)
        file = Path(folder) / f"out.{form}"
        if form == "csv":
            frame.to_csv(file, sep=";", index=False)
        else:
            frame.to_excel(file, index=False, engine="openpyxl")
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu": round(time.process_time() - worked, 2),
        "grown_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }


def fill(url: str, size: int) -> None:
    """The made-up companies and what hangs on them."""
    database = open_database(url)
    schema.upgrade(database.engine)
    with database.Write() as session:
        segments.ensure_starter(session)
        owner = accounts.create_user(session, None, UserDraft(email="a@b.no", name="A", role=Role.DEVELOPER))
        field = fields.create_field(
            session, None, Subject.COMPANY, field_draft(name="Antall lærlinger", kind="number")
        )
        session.commit()
        most = session.execute(text("SELECT count(*) FROM segments")).scalar_one()
        numbers = (owner.id, field.id, most)
    for first in range(1, size + 1, BLOCK):
        with database.Write() as session:
            for table, lines in block(range(first, min(first + BLOCK, size + 1)), *numbers):
                session.connection().execute(insert(table), lines)
            session.commit()
    database.dispose()


def block(ids: range, owner: int, field: int, most: int) -> list[tuple[Any, list[dict[str, Any]]]]:
    stages = list(Stage)
    return [
        (Company.__table__, [company(number) for number in ids]),
        (Lead.__table__, [lead(number, owner, stages[number % len(stages)]) for number in ids]),
        (lead_segments, [{"lead_id": n, "segment_id": n % most + 1} for n in ids if n % 3]),
        (Contact.__table__, [person(number) for number in ids if number % 4]),
        (CompanyRole.__table__, [{"contact_id": n, "company_id": n, "title": ""} for n in ids if n % 4]),
        (FollowUp.__table__, [step(number, owner) for number in ids if number % 2]),
        (OwnValue.__table__, [{"field_id": field, "company_id": n, "number": float(n % 12)} for n in ids]),
    ]


def company(number: int) -> dict[str, Any]:
    name = f"Firma {number} Rullestoler og Gangstoler AS"
    return {
        "id": number,
        "orgnr": f"{800_000_000 + number}",
        "name": name,
        "name_key": name.lower(),
        "sort_key": name.lower(),
        "municipality_no": "3420",
        "municipality": TOWNS[number % len(TOWNS)],
        "industry": "32.500",
        "industry_name": "Produksjon av medisinske og tanntekniske instrumenter og utstyr",
        "employees": number % 90,
        "home_page": f"www.firma{number}.no",
        "phone": f"+4762{number % 1_000_000:06}",
        "purpose": "",
        "facts_source": FactsSource.OURS,
        "facts_at": NOW,
    }


def lead(number: int, owner: int, stage: Stage) -> dict[str, Any]:
    return {
        "id": number,
        "company_id": number,
        "stage": stage,
        "stage_since": NOW,
        "board_key": f"a{number:07}",
        "owner_id": owner,
        "source": "messe",
        "last_contact_at": NOW if number % 3 else None,
        "last_contact_kind": "call" if number % 3 else None,
    }


def person(number: int) -> dict[str, Any]:
    name = f"Person Nummer {number}"
    key = {"name_key": name.lower(), "sort_key": name.lower(), "email_key": f"p{number}@example.org"}
    reach = {"email": f"p{number}@example.org", "phone": f"+479{number % 10_000_000:07}"}
    return {"id": number, "name": name, "source": "messe"} | key | reach


def step(number: int, owner: int) -> dict[str, Any]:
    due = date(2026, 12, 1 + number % 28)
    return {"company_id": number, "text": f"Ring om tilbud {number}", "due_on": due, "owner_id": owner}


if __name__ == "__main__":
    main()
