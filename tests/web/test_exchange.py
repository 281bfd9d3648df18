"""Lists handed over as files: as the page shows them, and safe to open."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from crm.activities import operations as activities
from crm.activities.drafts import Subject, activity_draft, follow_up_draft
from crm.exchange.listed import NAMES
from crm.exchange.models import ExportState
from crm.history.models import Entry
from crm.jobs import export_run
from crm.web.exchange import views
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
    assert "Telefon til kontaktperson" not in row
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
    assert cells["Ansatte"].value == 12
    assert cells["Neste steg"].data_type == "s"
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    about = {line[0].value: line[1].value for line in book.worksheets[1].iter_rows()}
    assert about["Utvalg"] == "ingen filter, hele lista"
    assert about["Hentet av"] == "Dev Eksempel"


def test_taking_a_list_out_leaves_a_line_in_the_trail(developer: FlaskClient, db: Session, logged: World):
    rows_of(developer, "q=rulle")
    entry = db.query(Entry).filter_by(action="list:export").one()
    assert (entry.changes["format"], entry.changes["rows"]) == ("csv", 1)
    assert entry.changes["filter"] == {"q": "rulle"}
    assert "person" not in entry.changes["columns"]
    assert entry.actor_id == logged.developer.id


def test_persons_ask_for_a_purpose_which_is_noted(developer: FlaskClient, db: Session, logged: World):
    asked = {"form": "csv", "column": ["name", "person", "person_phone"]}
    refused = developer.post("/companies/export", data=asked)
    assert refused.status_code == 422
    assert "Skriv hva du skal bruke personene til" in refused.text
    with developer.post("/companies/export", data=asked | {"purpose": "frokostmøte"}) as answer:
        (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert row["Telefon til kontaktperson"] == "22 00 00 00"
    entry = db.query(Entry).filter_by(action="list:export").one()
    assert entry.changes["purpose"] == "frokostmøte"
    assert entry.changes["columns"] == ["name", "person", "person_phone"]


def test_cards_lead_to_the_page_that_asks_what_for(developer: FlaskClient, logged: World):
    answer = developer.get("/companies/export.vcf?q=x")
    assert answer.location == "/companies/export?q=x&form=vcf"
    page = developer.get(answer.location).text
    assert 'value="vcf" id="form-5" checked' in page
    with developer.post(
        "/companies/export", data={"form": "vcf", "purpose": "ring", "column": "name"}
    ) as cards:
        assert b"BEGIN:VCARD" in cards.data


def test_the_columns_of_the_page_are_ticked(developer: FlaskClient, site: World):
    page = developer.get("/companies/export?cols=stage,employees").text
    ticked = {name for name in NAMES if f'id="column-{name}" checked' in page}
    assert ticked == {"name", "stage", "employees"}


def test_programs_get_commas_and_plain_days(developer: FlaskClient, logged: World):
    lines = taken(developer, "export.plain.csv").decode().splitlines()
    assert lines[0].startswith("Virksomhet,Organisasjonsnummer")
    assert "2026-12-01" in lines[1]
    assert "=HYPERLINK(1)" in lines[1]


def test_a_long_list_is_written_by_the_worker(
    developer: FlaskClient, logged: World, db: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(views, "AT_ONCE", 0)
    asked = developer.post("/companies/export", data={"form": "csv", "column": ["name", "segments"]})
    page = asked.location
    assert "Skriver lista" in developer.get(page).text
    assert developer.get(f"{page}/file").status_code == 404
    export_id = int(page.rsplit("/", 1)[1])
    assert export_run.run(app.extensions["crm.database"], export_id) is ExportState.DONE
    assert "er klar" in developer.get(page).text
    with developer.get(f"{page}/file") as answer:
        assert answer.data.decode("utf-8-sig").splitlines()[0] == "Virksomhet;Satsingsområder"
    developer.post(f"{page}/discard")
    assert developer.get(page).status_code == 404


def test_a_reader_takes_nothing_out(reader: FlaskClient):
    assert reader.get("/companies/export.csv").status_code == 403


def test_other_formats_are_not_found(developer: FlaskClient):
    assert developer.get("/companies/export.pdf").status_code == 404
