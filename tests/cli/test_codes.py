"""``codes load`` recognises a table, takes it in whole, and gives new successors to the mirror."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from crm.codes import queries
from crm.codes.models import IndustryCode, IndustrySuccessor, Municipality
from crm.registry import operations as registry
from crm.registry.models import Unit
from crm.sources.units import Industry
from crm.sources.units import Unit as Found
from crm.storage.engines import Database

Command = Callable[..., Result]


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_industries_replace_those_of_their_standard(
    command: Command, own_database: Database, table: Callable[[str], Path]
) -> None:
    rows = "code,level,parent,name_nb,name_en\n62.100,5,62.10,Programmering,Programming\n86.210,5,86.21,,GP\n"
    done = command("codes", "load", table(rows))
    assert (done.exit_code, done.stdout) == (0, "industries: 2 rows\n")
    with own_database.Read() as session:
        assert queries.industry_names(session, "SN2025") == {"62.100": "Programmering"}
    bare = command("codes", "load", table(rows.replace("Programmering", "")))
    assert bare.exit_code == 0
    with own_database.Read() as session:
        assert queries.industry_names(session, "SN2025") == {"62.100": "Programmering"}


def test_a_correspondence_reaches_the_units_already_loaded(
    command: Command, own_database: Database, table: Callable[[str], Path]
) -> None:
    unit = Found(
        orgnr="974760673", name="X AS", form_code="AS", industries=(Industry(code="47.772", name="Ur"),)
    )
    with own_database.Mirror() as session:
        registry.load(session, [unit], source="test", now=datetime(2026, 11, 23, tzinfo=UTC))
        session.commit()
        assert session.get_one(Unit, unit.orgnr).industry_2025 is None
    done = command("codes", "load", table("sourceCode;targetCode\n47.772;47.770\n01.1;01.1\n01.1;01.2\n"))
    assert done.stdout == "correspondences: 3 rows\n"
    with own_database.Read() as session:
        assert session.get_one(Unit, unit.orgnr).industry_2025 == "47.770"
        assert session.scalar(select(func.count()).select_from(IndustrySuccessor)) == 3


def test_municipalities_keep_the_position_a_table_lacks(
    command: Command, own_database: Database, table: Callable[[str], Path]
) -> None:
    done = command("codes", "load", table("kommunenummer,navn\n3420,Elverum by\n9999,Nyby\n"))
    assert done.stdout == "municipalities: 2 rows\n"
    with own_database.Read() as session:
        elverum, nyby = session.get_one(Municipality, "3420"), session.get_one(Municipality, "9999")
        assert (elverum.name, elverum.county) == ("Elverum by", "Innlandet")
        assert elverum.latitude is not None
        assert nyby.latitude is None
        assert session.scalar(select(func.count()).select_from(Municipality)) > 300


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "kommnr_2020,kommnr_2024\n0101,3101\n"])
def test_what_is_no_table_of_ours_gives_one_line(
    command: Command, own_database: Database, table: Callable[[str], Path], text: str
) -> None:
    before = rows(own_database)
    done = command("codes", "load", table(text))
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert rows(own_database) == before


def rows(database: Database) -> dict[str, int]:
    with database.Read() as session:
        return queries.counts(session)


def test_nothing_is_downloaded_offline(command: Command) -> None:
    done = command("codes", "load", "--download")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "CRM_OFFLINE" in done.stderr


def test_a_file_or_the_net_not_both_and_not_neither(command: Command, tmp_path: Path) -> None:
    assert command("codes", "load").exit_code == 2
    assert command("codes", "load", tmp_path / "x", "--download").exit_code == 2


@pytest.mark.realdata
def test_the_official_tables_load(command: Command, own_database: Database, shared_data: Path) -> None:
    for name, line in {
        "nace_sn2025_codes.csv": "industries: 1785 rows",
        "nace_sn2007_to_sn2025.csv": "correspondences: 2109 rows",
        "kommuner_2024.csv": "municipalities: 357 rows",
        "postnummer_koordinater.csv": "postal_codes: 5786 rows",
        "cpv_2008_en_nb.csv": "cpv: 9454 rows",
        "kommuner_2024_simplified.geojson": "outlines: 357 rows",
    }.items():
        assert command("codes", "load", shared_data / name).stdout == f"{line}\n"
    with own_database.Read() as session:
        assert queries.successors(session).complete
        assert session.scalar(select(func.count()).select_from(IndustryCode)) == 1785
