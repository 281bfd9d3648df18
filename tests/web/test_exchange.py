"""Lists handed over as files: as the page shows them, and safe to open."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from crm.activities import operations as activities
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.history.models import Entry
from tests.world import NOW, TODAY, World


@pytest.fixture
def logged(db: Session, site: World) -> World:
    step = follow_up_draft(
        text="=HYPERLINK(1)", due_on=date(2026, 12, 1), owner_id=site.developer.id, today=TODAY
    )
    draft = activity_draft(kind="call", happened_at=NOW, now=NOW, text="x", next_step=step)
    activities.log_activity(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()
    return site


def taken(client: FlaskClient, name: str) -> bytes:
    with client.get(f"/companies/{name}") as answer:
        return answer.data


def rows_of(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    body = taken(client, f"export.csv?{query}")
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def test_csv_opens_right_in_norwegian_excel(developer: FlaskClient, logged: World):
    (row,) = rows_of(developer)
    assert row["Virksomhet"] == "Rullestolverkstedet AS"
    assert row["Organisasjonsnummer"].replace("\u00a0", " ") == "974 760 673"
    assert row["Siste kontakt"] == "23.11.2026"
    assert row["Telefon til kontaktperson"] == "22 00 00 00"
    assert row["Neste steg"] == "'=HYPERLINK(1)"


def test_the_file_has_what_the_list_has(developer: FlaskClient, logged: World):
    assert [row["Virksomhet"] for row in rows_of(developer, "all=1")] == [
        "Rullestolverkstedet AS",
        "Åsen Kafé AS",
    ]
    assert rows_of(developer, "stage=lost") == []


def test_xlsx_keeps_numbers_as_text_and_holds_no_live_formula(developer: FlaskClient, logged: World):
    book = load_workbook(io.BytesIO(taken(developer, "export.xlsx")))
    sheet = book.worksheets[0]
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["Organisasjonsnummer"].data_type == "s"
    assert cells["Telefon til kontaktperson"].data_type == "s"
    assert cells["Ansatte"].value == 12
    assert cells["Neste steg"].data_type == "s"
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    about = {line[0].value: line[1].value for line in book.worksheets[1].iter_rows()}
    assert about["Utvalg"] == "ingen filter, hele lista"
    assert about["Hentet av"] == "Dev Eksempel"


def test_taking_a_list_out_leaves_a_line_in_the_trail(developer: FlaskClient, db: Session, logged: World):
    rows_of(developer, "q=rulle")
    entry = db.query(Entry).filter_by(action="list:export").one()
    assert entry.changes == {"format": "csv", "rows": 1, "filter": {"q": "rulle"}}
    assert entry.actor_id == logged.developer.id


def test_a_reader_takes_nothing_out(reader: FlaskClient):
    assert reader.get("/companies/export.csv").status_code == 403


def test_other_formats_are_not_found(developer: FlaskClient):
    assert developer.get("/companies/export.pdf").status_code == 404
