"""The nightly look for look-alikes: due at once, then every night and after an import, never twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.duplicates import queries
from crm.duplicates.models import Kind, PairSearch
from crm.exchange.models import Import
from crm.jobs import pair_search
from crm.storage import schema
from crm.storage.engines import Database, open_database
from tests.world import NOW


@pytest.fixture
def own_database(tmp_path: Path) -> Database:
    opened = open_database(f"sqlite:///{tmp_path / 'pairs.sqlite'}")
    schema.upgrade(opened.engine)
    return opened


def looked(database: Database, now: datetime) -> bool:
    return pair_search.run_if_due(database, now=now)


def test_an_empty_house_is_not_looked_through_and_a_full_one_once_a_night(own_database: Database):
    assert looked(own_database, NOW) is False
    with own_database.Write() as session:
        for form in ("AS", "ASA"):
            companies.create_company(session, None, CompanyDraft(name=f"Fjellbris Hus {form}"), now=NOW)
        session.commit()
    assert looked(own_database, NOW) is True
    with own_database.Read() as session:
        assert queries.count_pairs(session)[Kind.COMPANY] == 1
        search = session.scalars(select(PairSearch)).one()
        assert (search.companies, search.company_pairs, search.contacts) == (2, 1, 0)
    assert looked(own_database, NOW + timedelta(hours=8)) is False
    assert looked(own_database, NOW + timedelta(hours=20)) is True
    own_database.dispose()


def test_an_import_is_looked_through_when_it_is_done(own_database: Database):
    with own_database.Write() as session:
        companies.create_company(session, None, CompanyDraft(name="Fjellbris Hus"), now=NOW)
        session.commit()
    assert looked(own_database, NOW) is True
    later = NOW + timedelta(minutes=30)
    with own_database.Write() as session:
        taken = Import(name="liste.csv", sha256="0" * 64, applied_at=later, created_at=later)
        session.add(taken)
        session.commit()
    assert looked(own_database, NOW + timedelta(minutes=5)) is False
    assert looked(own_database, later + timedelta(minutes=1)) is True
    assert looked(own_database, later + timedelta(minutes=30)) is False
    own_database.dispose()
