"""``import`` takes a spreadsheet in, says in its last line what came of it, and changes nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from crm.companies.models import Company
from crm.exchange.models import Import
from crm.storage import transfer
from crm.storage.engines import Database
from tests import world as worlds
from tests.world import ORGNR, THIRD_ORGNR

Command = Callable[..., Result]
ROWS = f"Org nr;Firma;Notat\n{THIRD_ORGNR};Blåbær AS;Hei\n974760674;Feil AS;\n{ORGNR};;\n"


@pytest.fixture
def small(own_database: Database) -> Database:
    with own_database.Write() as session:
        worlds.build(session)
        session.commit()
    return own_database


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "liste.csv"
    file.write_bytes(ROWS.encode("cp1252"))
    return file


def companies(database: Database) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count(Company.id))) or 0


def last(answer: Result) -> str:
    return answer.stdout.strip().splitlines()[-1]


def test_the_last_line_counts_the_rows(command: Command, small: Database, sheet: Path):
    answer = command("import", sheet)
    assert answer.exit_code == 0, answer.stderr
    assert last(answer) == "rows: 3 read, 1 new, 0 updated, 1 unchanged, 1 rejected"
    assert "row 3, column A (Org nr): ORG_CHECKSUM:" in answer.stderr
    assert last(command("import", sheet)) == "rows: 3 read, 0 new, 0 updated, 2 unchanged, 1 rejected"


def test_a_dry_run_says_the_same_and_leaves_nothing(command: Command, small: Database, sheet: Path):
    before = companies(small)
    answer = command("import", sheet, "--dry-run")
    assert last(answer) == "rows: 3 read, 1 new, 0 updated, 1 unchanged, 1 rejected"
    assert companies(small) == before
    with small.Read() as session:
        assert session.scalars(select(Import)).all() == []


def test_a_mapping_says_what_columns_are(command: Command, small: Database, tmp_path: Path):
    file, mapping = tmp_path / "a.csv", tmp_path / "m.json"
    file.write_text("x,y\nBlåbær AS,hemmelig\n", encoding="utf-8")
    mapping.write_text(json.dumps({"x": "name", "y": "none"}), encoding="utf-8")
    assert last(command("import", file, "--mapping", mapping)).startswith("rows: 1 read, 1 new")


@pytest.mark.parametrize(
    ("given", "said"),
    [("{", "is not JSON"), ('{"z": "name"}', "no column 'z'"), ('{"Firma": "navn"}', "no field 'navn'")],
)
def test_a_wrong_mapping_is_one_clear_line(
    command: Command, small: Database, sheet: Path, tmp_path: Path, given: str, said: str
):
    mapping = tmp_path / "m.json"
    mapping.write_text(given, encoding="utf-8")
    answer = command("import", sheet, "--mapping", mapping)
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_refused_rows_come_back_as_a_file_that_can_be_taken_in(
    command: Command, small: Database, sheet: Path, tmp_path: Path
):
    back = tmp_path / "avvist.csv"
    command("import", sheet, "--rejects", back)
    lines = back.read_bytes().decode("cp1252").splitlines()
    assert lines[0] == "Org nr;Firma;Notat;What is wrong"
    assert lines[1].startswith("974760674;Feil AS;;")
    back.write_bytes(back.read_bytes().replace(b"974760674", b"983971709"))
    assert "0 rejected" in last(command("import", back))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"Farge\nblue\n", b'Org nr;Firma\n"a;b\n'])
def test_what_cannot_be_taken_in_is_one_clear_line(
    command: Command, small: Database, tmp_path: Path, content: bytes
):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    answer = command("import", file)
    assert answer.exit_code == 1
    assert answer.stderr.strip().count("\n") == 0
    assert answer.stderr.strip()


def test_a_file_that_is_not_there_is_one_clear_line(command: Command, small: Database, tmp_path: Path):
    answer = command("import", tmp_path / "borte.csv")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1


def test_everything_goes_out_and_only_an_empty_database_takes_it_in(
    command: Command, small: Database, tmp_path: Path
):
    file = tmp_path / "alt.zip"
    out = command("export", "all", file)
    assert out.exit_code == 0, out.stderr
    assert last(out).startswith("hash: ")
    answer = command("import", file)
    assert answer.exit_code == 1
    assert "The database is in use" in answer.stderr
    with transfer.rewriting(small.engine) as connection:
        transfer.empty(connection)
    answer = command("import", file)
    assert answer.exit_code == 0, answer.stderr
    assert last(out) in answer.stdout
    assert last(answer).endswith(" new, 0 updated, 0 unchanged, 0 rejected")
