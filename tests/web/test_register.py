"""Registeret: how fresh the copy is, the button that loads it, and how far that has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm import clock
from crm.registry import ledger
from crm.registry.models import LoadState, RegisterLoad


def page(client: FlaskClient) -> str:
    answer = client.get("/register/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    made = app.extensions["crm.settings"].instance / "register"
    made.mkdir(exist_ok=True)
    yield made
    for path in made.iterdir():
        path.unlink()


def test_an_installation_without_network_says_where_the_files_go(administrator: FlaskClient, folder: Path):
    (folder / "enheter.json.gz").write_bytes(b"")
    (folder / "enheter.json.gz.part").write_bytes(b"")
    shown = page(administrator)
    assert str(folder) in shown
    assert shown.count('name="file"') == 1
    assert "Hent hele registeret" not in shown
    assert administrator.post("/register/load").status_code == 303
    assert "ikke å bruke nettet" in page(administrator)


def test_a_file_is_asked_for_watched_and_stopped(administrator: FlaskClient, folder: Path, db: Session):
    (folder / "enheter.json.gz").write_bytes(b"")
    assert administrator.post("/register/load", data={"file": "enheter.json.gz"}).status_code == 303
    load = ledger.whole_under_way(db)
    assert load is not None
    assert "Venter på at arbeideren tar fatt" in page(administrator)
    now = clock.now()
    ledger.claim_load(db, load.id, now=now)
    told = {"kind": "units", "step": "load", "done": 1000, "total": 4000, "since": now.isoformat()}
    assert ledger.report(db, load.id, told, now=now)
    db.commit()
    shown = page(administrator)
    assert 'max="1" value="0.25"' in shown
    assert "Leser inn enhetene: 1\xa0000 av om lag 4\xa0000" in shown
    assert administrator.post("/register/stop").status_code == 303
    db.expire_all()
    assert not ledger.report(db, load.id, told, now=now)
    ledger.fail_load(db, load.id, ledger.STOPPED, now=now)
    db.commit()
    assert "går det videre derfra" in page(administrator)


def test_one_that_nobody_has_begun_stops_at_once(administrator: FlaskClient, folder: Path, db: Session):
    (folder / "x.json").write_bytes(b"")
    administrator.post("/register/load", data={"file": "x.json"})
    administrator.post("/register/stop")
    db.expire_all()
    assert [load.state for load in db.query(RegisterLoad)] == [LoadState.FAILED]


@pytest.mark.parametrize("file", ["../crm.sqlite", "nothing.json", "/etc/passwd"])
def test_only_files_of_the_folder_are_taken(administrator: FlaskClient, folder: Path, file: str):
    assert administrator.post("/register/load", data={"file": file}).status_code == 400
