"""The pages of an import: choose a file, change what was guessed, look at verdicts, take in, undo."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.exchange.models import Import, ImportState
from crm.jobs import import_run
from tests.world import OTHER_ORGNR, THIRD_ORGNR

ROWS = (
    f"Org nr;Firma;Kontaktperson;Farge\n{THIRD_ORGNR};Blåbær <b>AS</b>;Kari;rød\n974760674;Feil AS;;\n"
    ";Rullestolverkstedet;;\n"
)
EMPTY = {"source": ""}
PEOPLE = {"source": "messe", "purpose": "frokost"}


def work(app: Flask) -> None:
    """What the worker does when it is woken."""
    database = app.extensions["crm.database"]
    with database.Read() as session:
        ids = session.scalars(select(Import.id).order_by(Import.id)).all()
    for import_id in ids:
        import_run.run(database, import_id)


def send(client: FlaskClient, content: str = ROWS, name: str = "liste.csv") -> str:
    """The address of the import a file became."""
    answer = client.post("/import/", data={"file": (io.BytesIO(content.encode()), name)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def columns(*fields: str) -> dict[str, str]:
    return {f"column-{place}": field for place, field in enumerate(fields)} | PEOPLE


def judged(app: Flask, client: FlaskClient, content: str = ROWS) -> str:
    address = send(client, content)
    assert (
        client.post(f"{address}/columns", data=columns("orgnr", "name", "person", "none")).status_code == 303
    )
    work(app)
    return address


def companies(db: Session) -> int:
    db.expire_all()
    return db.scalar(select(func.count(Company.id))) or 0


def test_a_file_is_read_and_its_columns_are_guessed(developer: FlaskClient):
    page = developer.get(send(developer)).text
    assert "Lest som UTF-8, delt ved semikolon" in page
    assert re.search(r'<option value="orgnr" selected>', page)
    assert "Blåbær &lt;b&gt;AS&lt;/b&gt;" in page


def test_pasted_cells_are_a_file_too(developer: FlaskClient):
    answer = developer.post("/import/", data={"cells": "Firma\tSted\nBlåbær AS\tMo\n"})
    assert "Blåbær AS" in developer.get(str(answer.location)).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Velg en fil"),
        ({"file": (io.BytesIO(b"%PDF-1.7"), "a.csv")}, "PDF"),
        ({"cells": " "}, "Velg en fil"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    developer: FlaskClient, data: dict[str, object], said: str
):
    answer = developer.post("/import/", data=data)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_file_can_be_read_in_another_way(developer: FlaskClient):
    address = send(developer, "Navn,x;Sted\nBlåbær;Mo\n")
    answer = developer.post(
        f"{address}/reading", data={"encoding": "cp1252", "delimiter": ",", "header": "1"}
    )
    assert answer.status_code == 303
    assert "delt ved komma" in developer.get(address).text
    assert developer.post(f"{address}/reading", data={"header": "99"}).status_code == 422


def test_persons_ask_for_their_source_and_the_choice_stays(developer: FlaskClient):
    address = send(developer)
    answer = developer.post(
        f"{address}/columns", data=columns("orgnr", "name", "person", "note") | {"source": ""}
    )
    assert answer.status_code == 422
    assert "Skriv hvor du har personene fra" in answer.text
    assert re.search(r'<option value="note" selected>', answer.text)


def test_verdicts_are_shown_before_anything_is_written(app: Flask, developer: FlaskClient, db: Session):
    before = companies(db)
    page = developer.get(judged(app, developer)).text
    assert "Må rettes 1" in page
    assert "Kanskje den samme 1" in page
    assert "Kontrollsifferet" in page
    assert "Ny person: Kari" in page
    assert "«Farge» (1 celle)" in page
    assert companies(db) == before


def test_rows_are_put_right_answered_written_and_undone(app: Flask, developer: FlaskClient, db: Session):
    before = companies(db)
    address = judged(app, developer)
    fixed = developer.post(f"{address}/rows/3", data={"cell-0": OTHER_ORGNR}, headers={"HX-Request": "true"})
    assert 'id="row-3"' in fixed.text
    assert 'hx-swap-oob="true"' in fixed.text
    assert "Må rettes" not in fixed.text
    answered = developer.post(f"{address}/rows/4/answer", data={"answer": "other"})
    assert answered.status_code == 303
    assert developer.post(f"{address}/apply").status_code == 303
    work(app)
    assert "Tatt inn" in developer.get(address).text
    assert companies(db) == before + 2
    assert developer.post(f"{address}/undo").status_code == 303
    work(app)
    assert "Innlesingen er angret" in developer.get(address).text
    assert companies(db) == before


def test_rows_left_behind_are_agreed_to_and_come_back_as_a_file(
    app: Flask, developer: FlaskClient, db: Session
):
    address = judged(app, developer)
    refused = developer.post(f"{address}/apply")
    assert refused.status_code == 422
    assert "Sett kryss" in refused.text
    file = developer.get(f"{address}/rejects")
    assert file.data.decode("utf-8-sig").splitlines()[0] == "Org nr;Firma;Kontaktperson;Farge;Hva er galt"
    assert developer.post(f"{address}/apply", data={"sure": "1"}).status_code == 303


def test_the_same_file_again_says_so(app: Flask, developer: FlaskClient):
    address = judged(app, developer)
    developer.post(f"{address}/apply", data={"sure": "1"})
    work(app)
    again = judged(app, developer)
    assert "Fila er tatt inn før" in developer.get(again).text or "noe nytt" in developer.get(again).text


def test_what_others_changed_since_is_named_on_the_receipt(app: Flask, developer: FlaskClient, db: Session):
    address = judged(app, developer)
    developer.post(f"{address}/apply", data={"sure": "1"})
    work(app)
    made = db.scalars(select(Company).where(Company.orgnr == THIRD_ORGNR)).one()
    db.commit()
    developer.post(f"/companies/{made.id}/reach", data={"phone": "22000000", "version": str(made.version)})
    developer.post(f"{address}/undo")
    work(app)
    page = developer.get(address).text
    assert "Endret av andre i mellomtiden" in page
    assert "Virksomheten er endret" in page


def test_progress_is_a_page_and_a_fragment_that_leads_on(app: Flask, developer: FlaskClient):
    address = send(developer)
    developer.post(f"{address}/columns", data=columns("orgnr", "name", "person", "none"))
    assert "Leser radene" in developer.get(address).text
    part = developer.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert "Leser radene" in part.text
    assert "<html" not in part.text
    work(app)
    assert (
        developer.get(f"{address}/progress", headers={"HX-Request": "true"}).headers["HX-Redirect"] == address
    )


def test_a_file_thrown_away_is_gone(developer: FlaskClient, db: Session):
    address = send(developer)
    assert developer.post(f"{address}/discard").status_code == 303
    assert developer.get(address).status_code == 404
    assert db.scalars(select(Import)).all() == []


def test_nobody_sees_the_files_of_others(
    app: Flask,
    developer: FlaskClient,
    administrator: FlaskClient,
    reader: FlaskClient,
    db: Session,
):
    address = judged(app, administrator)
    for path in ("", "/progress", "/rejects"):
        assert developer.get(address + path).status_code == 404
    for path in (
        "/columns",
        "/reading",
        "/apply",
        "/undo",
        "/discard",
        "/change",
        "/rows/2",
        "/rows/2/answer",
    ):
        assert developer.post(address + path).status_code == 404
    assert reader.get("/import/").status_code == 403
    db.expire_all()
    assert db.scalars(select(Import.state)).all() == [ImportState.READY]


def test_steps_out_of_order_are_refused(app: Flask, developer: FlaskClient):
    address = send(developer)
    assert developer.post(f"{address}/apply", data={"sure": "1"}).status_code == 409
    assert developer.post(f"{address}/undo").status_code == 409
    assert developer.get(f"{address}/rejects").status_code == 404
    assert developer.post(f"{address}/rows/2", data={"cell-0": "1"}).status_code == 409


@pytest.mark.parametrize("query", ["verdict=rot", "page=0", "page=99"])
def test_odd_addresses_do_no_harm(app: Flask, developer: FlaskClient, query: str):
    assert developer.get(f"{judged(app, developer)}?{query}").status_code in {200, 400}
