"""How long the server takes for every list page with ten thousand companies, and how much it sends.

Run from the repository root: ``python bench/lists.py [companies] [folder]``. A fresh SQLite is filled with
the demo, synthetic companies and one week's round (left out above twenty thousand companies); a folder is
filled once and used again. A signed-in client then opens each page thirty times. The targets are those of the
product: 25 ms and 8 statements. For a page that misses the first, its slowest statement is shown with how the
database looks it up, where the database has a part in it. ``cpu`` is what a page costs on a machine that does
nothing else.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config import Config  # noqa: E402  (the path comes first)
from crm import clock  # noqa: E402
from crm.accounts import operations as accounts  # noqa: E402
from crm.accounts import queries as account_queries  # noqa: E402
from crm.accounts.drafts import user_draft  # noqa: E402
from crm.accounts.models import User  # noqa: E402
from crm.activities.models import Activity  # noqa: E402
from crm.app import create_app  # noqa: E402
from crm.cli.db import upgrade_database  # noqa: E402
from crm.companies.models import Company  # noqa: E402
from crm.demo.fill import fill  # noqa: E402
from crm.demo.load import load_demo  # noqa: E402
from crm.jobs import weekly_round  # noqa: E402
from crm.matches import operations as matches  # noqa: E402
from crm.matches.models import MatchRun  # noqa: E402
from crm.storage.engines import driver  # noqa: E402

RESULT = ROOT / "bench" / "results" / "lists.json"
COMPANIES, TIMES, WARM = 10_000, 30, 3
MOST_FOR_A_ROUND = 20_000
WANTED_MS, WANTED_STATEMENTS = 25.0, 8
COUNTED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}
EMAIL = "bench@example.org"
KEY = "a key for this measurement alone, used nowhere else"
PAGES = (
    "/",
    "/?who=all",
    "/week/follow-ups",
    "/week/follow-ups?who=all",
    "/week/quiet?who=all",
    "/companies/",
    "/companies/?page=150",
    "/companies/?q=vik",
    "/companies/?q=verksted",
    "/companies/?q=finnes%20ikke",
    "/companies/?segment=helse",
    "/companies/?segment=helse&stage=meeting",
    "/companies/?stage=contacted",
    "/companies/?owner=1",
    "/companies/?municipality=3420",
    "/companies/?nace=86",
    "/companies/?sort=stage",
    "/companies/?sort=last_contact",
    "/companies/?sort=municipality",
    "/companies/?sort=employees",
    "/companies/?sort=newest",
    "/companies/?segment=beredskap&stage=contacted&sort=last_contact",
    "/companies/?where=municipality:is:3420,3403;last_contact:silent:90",
    "/companies/?where=stage:not:lost;employees:min:10&sort=employees",
    "/companies/?where=municipality:is:3420;employees:min:50&any=1",
    "/companies/?where=owner:empty:;next_step:empty:&sort=newest",
    "/companies/?page=400&after=50000",
    "/contacts/",
    "/contacts/?q=eksempel",
    "/contacts/?q=sunniva",
    "/contacts/?page=300",
    "/partners/",
    "/partners/?q=sykehus",
    "/needs/",
    "/needs/?segment=helse",
    "/needs/?q=utstyr",
    "/matches/",
    "/matches/?by=company",
    "/matches/?segment=helse",
    "/activities/",
    "/activities/?kind=meeting",
    "/activities/?by=1",
    "/activities/?page=1000",
    "/search/?q=verk",
    "/search/?q=sunniva%20eksempel",
    "/search/?q=0%20000%2012",
    "/search/?q=fylt.example",
    "/search/?q=samtale",
    "/search/?q=ringte%20sunniva%20om%20lokaler",
    "/search/?q=as",
    "/activities/new?line=ringte%20sunniva%20om%20lokaler%2C%20f%C3%B8lg%20opp%20fredag",
    "/board/",
    "/board/?owner=1",
    "/board/?segment=helse",
    "/companies/?cols=what,owner,employees,phone",
    "/views/",
)


@dataclass
class Seen:
    """The statements sent, with what each was given and how long it took."""

    statements: list[tuple[float, str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    page: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    of_target: float
    statements: int
    kilobytes: float


def main() -> None:
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES
    with nullcontext(sys.argv[2]) if len(sys.argv) > 2 else tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(secret_key=KEY, instance=Path(folder), env="test", offline=True))
        client, rows = prepared(app, companies)
        print(", ".join(f"{rows[name]} {name}" for name in ("companies", "activities", "suggestions")))
        print(f"{'page':64} {'median':>8} {'p95':>8} {'cpu':>6} {'of 25 ms':>9} {'stmts':>6} {'kB':>6}")
        figures = [measured(app, client, page) for page in PAGES]
    machine = {
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": driver.sqlite_version,
    }
    wanted = {"ms": WANTED_MS, "statements": WANTED_STATEMENTS}
    result = {"machine": machine, "rows": rows, "wanted": wanted, "figures": [asdict(one) for one in figures]}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    slow = [one.page for one in figures if one.of_target > 1 or one.statements > WANTED_STATEMENTS]
    print(f"{len(figures) - len(slow)} of {len(figures)} pages within both targets")
    print("machine:", " · ".join(f"{name} {value}" for name, value in machine.items()))


def prepared(app: Flask, companies: int) -> tuple[FlaskClient, dict[str, int]]:
    """A filled database, and a client signed in to it."""
    database = app.extensions["crm.database"]
    with app.app_context():
        upgrade_database()
    with database.Write() as session:
        user, rows = known(session, companies) or made(session, companies)
        run = matches.request_run(session, clock.iso_week(clock.now()), actor_id=None, now=clock.now())
        token = accounts.open_session(session, user, now=clock.now())
        session.commit()
    if companies <= MOST_FOR_A_ROUND:
        weekly_round.run(database, run.id)
    with database.Read() as session:
        done = session.get_one(MatchRun, run.id)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client, rows | {"suggestions": done.suggestions}


def made(session: Session, companies: int) -> tuple[User, dict[str, int]]:
    """The demo and so many companies beside it, and who opens the pages."""
    user = accounts.create_user(session, None, user_draft(EMAIL, "administrator", name="B"))
    load_demo(session, now=clock.now(), owner_id=user.id)
    return user, fill(session, count=companies, now=clock.now())


def known(session: Session, companies: int) -> tuple[User, dict[str, int]] | None:
    """Who opens the pages, and how much there is, where the folder was filled already."""
    rows = {
        name: session.scalar(select(func.count()).select_from(model)) or 0
        for name, model in (("companies", Company), ("activities", Activity))
    }
    if rows["companies"] < companies:
        return None
    user = account_queries.find_by_email(session, EMAIL)
    draft = user_draft(EMAIL, "administrator", name="B")
    return user or accounts.create_user(session, None, draft), rows


def measured(app: Flask, client: FlaskClient, page: str) -> Figure:
    """The figures of one page, printed as they come."""
    engine = app.extensions["crm.database"].engine
    for _ in range(WARM):
        answer = client.get(page, headers={"Accept-Encoding": "br"})
    if answer.status_code != 200:
        sys.exit(f"{page} answered {answer.status_code}")
    times, at_work = zip(*(timed(client, page) for _ in range(TIMES)), strict=True)
    with watched(engine) as seen:
        client.get(page)
    figure = Figure(
        page=page,
        median_ms=round(median(times), 1),
        p95_ms=round(quantiles(times, n=20)[-1], 1),
        cpu_ms=round(median(at_work), 1),
        of_target=round(median(times) / WANTED_MS, 2),
        statements=len(seen.statements),
        kilobytes=round(len(answer.data) / 1000, 1),
    )
    said = (
        f"{figure.median_ms:8} {figure.p95_ms:8} {figure.cpu_ms:6} {figure.of_target:9} {figure.statements:6}"
    )
    print(f"{page:64} {said} {figure.kilobytes:6}")
    if figure.of_target > 1:
        explain(engine, seen)
    return figure


def timed(client: FlaskClient, page: str) -> tuple[float, float]:
    """Milliseconds by the clock, and of them those the processor worked for us."""
    began, began_work = time.perf_counter(), time.process_time()
    client.get(page, headers={"Accept-Encoding": "br"})
    return (time.perf_counter() - began) * 1000, (time.process_time() - began_work) * 1000


@contextmanager
def watched(engine: Engine) -> Iterator[Seen]:
    """Every statement sent while the block runs."""
    seen, began = Seen(), [0.0]

    def before(*_rest: object) -> None:
        began[0] = time.perf_counter()

    def after(_connection: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        if statement.split(" ", 1)[0] in COUNTED:
            seen.statements.append(((time.perf_counter() - began[0]) * 1000, statement, given))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield seen
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def explain(engine: Engine, seen: Seen) -> None:
    """The slowest statement of a page, and how the database looks it up."""
    took, statement, given = max(seen.statements, key=lambda one: one[0])
    whole = sum(one[0] for one in seen.statements)
    print(f"    {whole:.1f} ms in the database, {took:.1f} ms of it in the slowest statement")
    if whole < WANTED_MS / 4:
        return
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    for row in plan:
        print(f"      {row[3]}")


if __name__ == "__main__":
    main()
