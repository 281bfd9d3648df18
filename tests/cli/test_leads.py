"""``leads export`` writes the list of leads as Norwegian Excel opens it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from crm.storage.engines import Database
from tests import world as worlds

Command = Callable[..., Result]


@pytest.fixture
def small(own_database: Database) -> Database:
    with own_database.Write() as session:
        worlds.build(session)
        session.commit()
    return own_database


def test_the_leads_come_as_csv(command: Command, small: Database, tmp_path: Path) -> None:
    out = tmp_path / "leads.csv"
    done = command("leads", "export", "--format", "csv", "--out", out)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "1 rows\n", "")
    header, row = out.read_bytes().decode("utf-8-sig").splitlines()
    assert header.startswith("Virksomhet;Organisasjonsnummer;Kommune;")
    assert row.startswith("Rullestolverkstedet AS;974\u00a0760\u00a0673;Elverum;'32.500;")
    assert ";Identifisert;Dev Eksempel;" in row
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_leads_come_as_a_workbook(command: Command, small: Database, tmp_path: Path) -> None:
    out = tmp_path / "leads.xlsx"
    assert command("leads", "export", "--format", "xlsx", "--out", out).stdout == "1 rows\n"
    assert zipfile.is_zipfile(out)


def test_the_persons_come_as_cards(command: Command, small: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.vcf"
    assert command("leads", "export", "--format", "vcf", "--out", out).stdout == "1 rows\n"
    lines = out.read_bytes().decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert {"FN:Kari Eksempel", "N:Eksempel;Kari;;;", "ORG:Rullestolverkstedet AS"} <= set(lines)
    assert {"TITLE:Daglig leder", "TEL;VALUE=uri:tel:+4722000000", "END:VCARD"} <= set(lines)


def test_the_leads_come_as_lines_for_programs(command: Command, small: Database, tmp_path: Path) -> None:
    out = tmp_path / "leads.jsonl"
    assert command("leads", "export", "--format", "jsonl", "--out", out).stdout == "1 rows\n"
    (line,) = [json.loads(one) for one in out.read_text(encoding="utf-8").splitlines()]
    assert (line["orgnr"], line["employees"], line["person"]) == ("974760673", 12, "Kari Eksempel")


def test_an_unknown_format_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    assert command("leads", "export", "--format", "pdf", "--out", tmp_path / "x").exit_code == 2


def test_a_folder_that_is_not_there_is_named(command: Command, small: Database, tmp_path: Path) -> None:
    done = command("leads", "export", "--format", "csv", "--out", tmp_path / "none" / "x.csv")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "none" in done.stderr
