"""How long looking for look-alikes takes in a full house, what it finds, and how quick typing and merging is.

Run from the repository root: ``python bench/duplicates.py [companies]``. A fresh SQLite is filled with
synthetic companies, two persons each and a log; one company in a hundred and one person in a hundred are then
written once more as people do: with or without form, a letter dropped, in capitals, the number in another
form. Looking through everything is done in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import crm.app  # noqa: E402, F401  (every table is known once the whole program is)
from crm import clock  # noqa: E402  (the path comes first)
from crm.accounts import operations as accounts  # noqa: E402
from crm.accounts.drafts import user_draft  # noqa: E402
from crm.companies.models import Company  # noqa: E402
from crm.contacts.models import CompanyRole, Contact  # noqa: E402
from crm.demo.fill import fill  # noqa: E402
from crm.duplicates import operations, recognising, searching  # noqa: E402
from crm.duplicates.drafts import TypedCompany, TypedPerson, pair_of  # noqa: E402
from crm.duplicates.models import Kind  # noqa: E402
from crm.jobs import pair_search  # noqa: E402
from crm.spelling import fold, sort_key  # noqa: E402
from crm.storage import schema  # noqa: E402
from crm.storage.engines import driver, open_database  # noqa: E402

RESULT = ROOT / "bench" / "results" / "duplicates.json"
COMPANIES, EACH, TIMES = 100_000, 100, 100
Planted = list[tuple[int, int]]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'crm.sqlite'}"
        database = open_database(address)
        schema.upgrade(database.engine)
        with database.Write() as session:
            user = accounts.create_user(session, None, user_draft("b@example.org", "administrator", name="B"))
            session.flush()
            user_id = user.id
            fill(session, count=count, now=clock.now())
            session.flush()
            planted = {Kind.COMPANY: plant_companies(session), Kind.CONTACT: plant_persons(session)}
            session.commit()
        result = {"machine": machine(), **looked_through(address, planted)}
        with database.Write() as session:
            result["typing"] = typing(session, planted[Kind.COMPANY][:TIMES])
            result["merging"] = merging(session, user_id, planted[Kind.COMPANY][:TIMES])
            session.rollback()
        database.dispose()
    for name, said in result.items():
        print(f"{name}: {said}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    return (
        f"{platform.platform()} · {os.cpu_count()} cpus · python {platform.python_version()}"
        f" · sqlite {driver.sqlite_version}"
    )


def plant_companies(session: Session) -> Planted:
    """One company in a hundred once more, written in another way."""
    draw, planted = random.Random(1), []
    asked = select(Company).where(Company.id % EACH == 0).order_by(Company.id)
    for company in session.scalars(asked).all():
        name = otherwise(draw, company.name.removesuffix(" AS"))
        reach = draw.choice(["home_page", "phone", "none"])
        row = {
            "name": name,
            "name_key": fold(name),
            "sort_key": sort_key(name),
            "municipality": company.municipality,
            "municipality_no": company.municipality_no,
            "home_page": company.home_page if reach == "home_page" else None,
            "phone": company.phone if reach == "phone" else None,
            "facts_source": company.facts_source,
            "facts_at": company.facts_at,
        }
        made = session.execute(insert(Company).values(row).returning(Company.id)).scalar_one()
        planted.append((company.id, made))
    return planted


def plant_persons(session: Session) -> Planted:
    """One person in a hundred once more, at the same company or with the same number."""
    draw, planted = random.Random(2), []
    asked = select(Contact, CompanyRole.company_id).join(CompanyRole).where(Contact.id % EACH == 0)
    for contact, company_id in session.execute(asked.order_by(Contact.id)).all():
        name, same_place = otherwise(draw, contact.name), draw.random() < 0.5
        row = {
            "name": name,
            "name_key": fold(name),
            "sort_key": sort_key(name),
            "phone": None if same_place else contact.phone,
        }
        made = session.execute(insert(Contact).values(row).returning(Contact.id)).scalar_one()
        if same_place:
            session.execute(insert(CompanyRole).values(contact_id=made, company_id=company_id))
        planted.append((contact.id, made))
    return planted


def otherwise(draw: random.Random, name: str) -> str:
    """A name as somebody else writes it."""
    place = draw.randrange(1, max(2, len(name) - 1))
    ways = (name.upper(), f"{name} ASA", name[:place] + name[place + 1 :], name)
    return draw.choice(ways)


def looked_through(address: str, planted: dict[Kind, Planted]) -> dict[str, object]:
    """Everything looked through by a process of its own, and how much of what was planted was found."""
    command = [sys.executable, __file__, "--look", address]
    began = time.perf_counter()
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout)
    database = open_database(address)
    with database.Read() as session:
        pairs = {
            kind: {(one.first, one.second) for one in look(session)[1]}
            for kind, look in ((Kind.COMPANY, searching.companies), (Kind.CONTACT, searching.contacts))
        }
    database.dispose()
    found = {
        f"found of {len(planted[kind])} planted {kind} pairs": len(pairs[kind] & set(planted[kind]))
        for kind in planted
    }
    others = {f"other {kind} pairs": len(pairs[kind] - set(planted[kind])) for kind in planted}
    return told | found | others | {"process in all, s": round(time.perf_counter() - began, 1)}


def look(address: str) -> None:
    """What the worker does at night, with how long it took and how much memory it needed."""
    database = open_database(address)
    with database.Read() as session:
        rows = {
            "companies": session.scalar(select(func.count(Company.id))),
            "persons": session.scalar(select(func.count(Contact.id))),
        }
    at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    pair_search.run_if_due(database, now=clock.now())
    figures = {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu seconds": round(time.process_time() - worked, 1),
        "memory at rest, MB": round(at_rest / 1024),
        "peak memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    database.dispose()
    print(json.dumps(rows | figures))


def typing(session: Session, planted: Planted) -> dict[str, float]:
    """Milliseconds for one answer while a company or a person is typed."""
    times: dict[str, list[float]] = {"company": [], "person": []}
    for _first, second in planted:
        company = session.get_one(Company, second)
        typed = TypedCompany(name=company.name, home_page=company.home_page or "", phone=company.phone or "")
        times["company"].append(timed(lambda typed=typed: recognising.like_company(session, typed)))
        person = TypedPerson(name="Sunniva Eksempel", phone="22 33 44 55", company_id=second)
        times["person"].append(timed(lambda person=person: recognising.like_person(session, person)))
    return {f"{who} {name}": figure for who, all_ in times.items() for name, figure in of(all_).items()}


def merging(session: Session, user_id: int, planted: Planted) -> dict[str, float]:
    """Milliseconds for two companies to become one, and two again."""
    made, undone = [], []
    for one, other in planted:
        pair = pair_of(Kind.COMPANY, one, other)
        began = time.perf_counter()
        merged = operations.merge(session, user_id, pair, {}, now=clock.now())
        made.append(time.perf_counter() - began)
        undone.append(timed(lambda merged=merged: operations.undo(session, user_id, merged, now=clock.now())))
    named = {"merge": [1000 * one for one in made], "undo": undone}
    return {f"{what} {name}": figure for what, all_ in named.items() for name, figure in of(all_).items()}


def timed(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return 1000 * (time.perf_counter() - began)


def of(times: list[float]) -> dict[str, float]:
    return {"median ms": round(median(times), 1), "p95 ms": round(quantiles(times, n=20)[-1], 1)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--look"]:
        look(sys.argv[2])
    else:
        main()
