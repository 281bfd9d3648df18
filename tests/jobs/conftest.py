"""Databases of their own that jobs may commit to, and a small register to rank."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.codes import operations as codes
from crm.partners import operations as partners
from crm.partners.drafts import NeedDraft, PartnerDraft
from crm.partners.models import PartnerKind
from crm.registry import operations as registry
from crm.segments import operations as segments
from crm.sources.units import Address, Industry, Unit
from crm.storage import schema
from crm.storage.engines import Database, open_database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TRADES = (
    ("86.950", "Fysioterapi", "Fysioterapi, opptrening og rehabilitering etter skade"),
    ("32.500", "Produksjon av medisinsk utstyr", "Rullestoler, proteser og hjelpemidler for sykehus"),
    ("80.010", "Vakttjenester", "Vakthold, sikring og beredskap for bygg og arrangementer"),
    ("43.120", "Grunnarbeid", "Graving, sprengning og planering med maskiner"),
    ("49.410", "Godstransport på vei", "Transport av gods med lastebil i hele landet"),
    ("62.100", "Programmering", "Utvikling av programvare for helse og omsorg"),
    ("56.110", "Restaurantdrift", "Drift av kafé og restaurant med lokal mat"),
    ("93.130", "Treningssentre", "Treningssenter med instruktører og gruppetimer"),
)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
WISHES = (
    "Vi trenger fysioterapeuter som kan hjelpe pasienter med opptrening.",
    "Vi ser etter noen som kan reparere rullestoler og hjelpemidler.",
    "Vi trenger vakthold under store arrangementer.",
    "Vi ønsker programvare som sparer tid i hjemmetjenesten.",
)


def units(count: int) -> Iterator[Unit]:
    """Made-up units with purposes of a few trades, the same every time."""
    for number in range(count):
        code, name, purpose = TRADES[number % len(TRADES)]
        yield Unit(
            orgnr=f"9{number:08}",
            name=f"Enhet {number} AS",
            form_code="AS",
            form_name="Aksjeselskap",
            industries=(Industry(code=code, name=name),),
            employees=number % 40 or None,
            business_address=Address(municipality="ELVERUM", municipality_no="3420"),
            purpose=f"{purpose}, og det som naturlig faller sammen med dette nummer {number}.",
        )


def fill(database: Database, *, register: int = 200, wishes: int = len(WISHES)) -> None:
    """A register and a partner with needs, committed."""
    with database.Write() as session:
        segments.ensure_starter(session)
        codes.ensure_starter(session)
        partner = partners.create_partner(
            session,
            None,
            PartnerDraft(name="Sykehuset", kind=PartnerKind.HOSPITAL, municipality_no="3420"),
        )
        for number in range(wishes):
            wish = NeedDraft(title=f"Behov {number}", text=WISHES[number % len(WISHES)])
            partners.create_need(session, None, partner, wish).created_at = LONG_AGO
        session.commit()
    with database.Mirror() as session:
        registry.load(session, units(register), source="test", now=NOW)
        session.commit()


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "crm.sqlite"
    opened = open_database(f"sqlite:///{path}")
    schema.upgrade(opened.engine)
    opened.dispose()
    return path


@pytest.fixture
def sqlite_url(_migrated: Path, tmp_path: Path) -> str:
    copy = tmp_path / "crm.sqlite"
    shutil.copyfile(_migrated, copy)
    return f"sqlite:///{copy}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty migrated database of each kind in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    fresh = str(request.getfixturevalue("fresh_postgres_url"))
    opened = open_database(fresh)
    schema.upgrade(opened.engine)
    opened.dispose()
    return fresh


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def filler() -> Callable[..., None]:
    return fill


@pytest.fixture
def now() -> datetime:
    return NOW
