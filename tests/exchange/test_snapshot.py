"""A list goes out as it was at one moment, in few questions, whatever others write meanwhile."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, update

from crm.companies.drafts import CompanyFilter
from crm.companies.models import Company
from crm.exchange import companies, listed
from crm.storage.engines import Database
from crm.storage.snapshot import snapshot
from tests.exchange.handling import applied, table

WORDS = listed.Wording(
    language="nb",
    columns={name: name for name in listed.NAMES},
    stages={stage: stage for stage in ("identified", "contacted", "meeting", "visit", "concrete_interest")}
    | {stage: stage for stage in ("establishing", "established", "parked", "lost")},
    contacts={},
)
MANY = 2300


def filled(database: Database) -> None:
    applied(
        database, table("Firma;Kontaktperson;Neste steg", *(f"Firma {n};P {n};Ring" for n in range(MANY)))
    )


def test_what_others_write_meanwhile_is_not_in_it(database: Database):
    filled(database)
    with snapshot(database) as session:
        rows = companies.rows(session, CompanyFilter(), WORDS)
        seen = [next(rows)[0]]
        with database.Write() as other:
            other.execute(update(Company).values(name="Noe annet"))
            other.commit()
        seen += [row[0] for row in rows]
    assert len(seen) > MANY
    assert "Noe annet" not in seen


def test_a_long_list_takes_as_few_questions_as_a_short_one(database: Database):
    filled(database)
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(database.engine, "before_cursor_execute", note)
    with snapshot(database) as session:
        assert len(list(companies.rows(session, CompanyFilter(), WORDS, listed.offered(session)))) > MANY
    assert len([one for one in asked if not one.startswith("BEGIN")]) <= 3
