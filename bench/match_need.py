"""How long a new need waits for its suggestions, and how long the matchmaker takes to be made ready.

Run from the repository root: ``python bench/match_need.py [units]``, 20 000 unless told. The units are texts
of real ones put together anew where the shared data are here, else phrases of our own, loaded into a mirror
on SQLite; then needs are saved one after the other, and the worker's part of it is timed, database and all.
The baseline is what a search takes without a matchmaker kept ready: reading everything, then the same search.
What was made ready is kept on disk; "after a start" are figures of another process that opens it.
To the figures come at most a quarter of a second until the queue is looked at, and .4 until the page asks.
"""

from __future__ import annotations

import json
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import match_quality as quality  # noqa: E402  (the path comes first)
from made_companies import Maker  # noqa: E402  (as above)

from crm.codes import operations as codes  # noqa: E402
from crm.jobs import need_search  # noqa: E402
from crm.jobs.ready import Ready  # noqa: E402
from crm.matches import operations as matches  # noqa: E402
from crm.matches import queries  # noqa: E402
from crm.partners import operations as partners  # noqa: E402
from crm.partners.drafts import NeedDraft, PartnerDraft  # noqa: E402
from crm.partners.models import Partner, PartnerKind  # noqa: E402
from crm.registry import operations as registry  # noqa: E402
from crm.segments import operations as segments  # noqa: E402
from crm.sources.units import Address, Industry, Unit  # noqa: E402
from crm.storage import schema  # noqa: E402
from crm.storage.engines import Database, open_database  # noqa: E402

NEEDS = 15
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def units(maker: Maker, count: int) -> Iterator[Unit]:
    for company in maker.companies(count):
        yield Unit(
            orgnr=company.key,
            name=f"Enhet {company.key} AS",
            form_code="AS",
            industries=tuple(Industry(code=code, name=None) for code in company.nace),
            employees=company.employees,
            business_address=Address(municipality="ELVERUM", municipality_no="3420"),
            purpose=company.text,
        )


def prepare(database: Database, maker: Maker, count: int) -> int:
    """A mirror of so many units, and a partner; gives its id."""
    schema.upgrade(database.engine)
    with database.Mirror() as session:
        registry.load(session, units(maker, count), source="bench", now=NOW)
        session.commit()
    with database.Write() as session:
        segments.ensure_starter(session)
        codes.ensure_starter(session)
        draft = PartnerDraft(name="Sykehuset", kind=PartnerKind.HOSPITAL, municipality_no="3420")
        partner = partners.create_partner(session, None, draft)
        session.commit()
    with database.Mirror() as session:
        registry.load(session, units(maker, count), source="bench", now=NOW)
        session.commit()
        return partner.id


def searched(database: Database, ready: Ready, partner_id: int, text: str) -> tuple[float, float]:
    """Seconds from a saved need to its suggestions in the database, by the clock and of computing."""
    with database.Write() as session:
        partner = session.get_one(Partner, partner_id)
        need = partners.create_need(session, None, partner, NeedDraft(title="Behov", text=text))
        session.flush()
        search = matches.request_search(session, need.id, actor_id=None, now=NOW)
        session.commit()
        asked, wanted = search.id, need.id
    started, computing = time.perf_counter(), time.process_time()
    need_search.run(database, asked, ready, now=lambda: NOW)
    took = time.perf_counter() - started, time.process_time() - computing
    with database.Read() as session:
        if not session.scalars(queries.of_need(wanted)).unique().all():
            print("a need found nothing", file=sys.stderr)
    return took


def measure(count: int) -> dict[str, float]:
    maker = Maker(quality.shared_data())
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/crm.sqlite")
        partner_id = prepare(database, maker, count)
        ready = Ready(database, Path(folder))
        started, computing = time.perf_counter(), time.process_time()
        ready.refresh(now=NOW)
        made_ready, computed_ready = time.perf_counter() - started, time.process_time() - computing
        figures = searches(database, ready, partner_id, maker)
        database.dispose()
        kept = Path(folder) / "models" / "ready"
        disk = sum(path.stat().st_size for path in kept.rglob("*.npy")) / 2**20
        command = [sys.executable, __file__, "--started", folder, str(partner_id)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {
        "units": count,
        "made ready s": round(made_ready, 1),
        "made ready computing s": round(computed_ready, 1),
        "ratio to nothing kept ready": round(1 + made_ready / figures["search median s"], 1),
        **figures,
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "on disk MB": round(disk),
        **{f"after a start: {name}": value for name, value in json.loads(said.splitlines()[-1]).items()},
    }


def searches(database: Database, ready: Ready, partner_id: int, maker: Maker) -> dict[str, float]:
    texts = [maker.need(number).text for number in range(NEEDS)]
    took = [searched(database, ready, partner_id, text) for text in texts]
    clocked, computed = zip(*took, strict=True)
    return {
        "search first s": round(clocked[0], 3),
        "search median s": round(statistics.median(clocked), 3),
        "search longest s": round(max(clocked), 3),
        "search computing s": round(statistics.median(computed), 3),
    }


def after_a_start(folder: str, partner_id: int) -> dict[str, float]:
    """What a worker that was just started has to do before, and for, its first needs."""
    database = open_database(f"sqlite:///{folder}/crm.sqlite")
    ready = Ready(database, Path(folder))
    started, computing = time.perf_counter(), time.process_time()
    ready.matchmaker(top=1, now=NOW)
    opened, computed = time.perf_counter() - started, time.process_time() - computing
    figures = searches(database, ready, partner_id, Maker(quality.shared_data(), seed=2))
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {
        "opened s": round(opened, 2),
        "opened computing s": round(computed, 2),
        **figures,
        "peak MB": peak,
    }


def main() -> None:
    logging.disable(logging.INFO)
    if sys.argv[1:2] == ["--started"]:
        print(json.dumps(after_a_start(sys.argv[2], int(sys.argv[3]))))
        return
    figures = [measure(int(count)) for count in sys.argv[1:] or ["20000"]]
    for figure in figures:
        print(json.dumps(figure))
    print("machine:", json.dumps(quality.machine()))
    quality.RESULTS.mkdir(parents=True, exist_ok=True)
    record = {"machine": quality.machine(), "runs": figures}
    (quality.RESULTS / "match_need.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
