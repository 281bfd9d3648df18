"""Nothing graded gets in by any door, and that somebody tried is known without what it was."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts import tokens
from crm.accounts.tokens import token_draft
from crm.history.models import Entry
from crm.storage.base import Base
from tests.house import rights
from tests.privacy.planted import workbook
from tests.world import NOW, World

MARKED = "Planen er HEMMELIG"
POSTS = sorted({endpoint for endpoint, method in rights.routes() if method == "POST"})
# What takes no word from anybody who is not signed in, or none at all.
ASIDE = {"accounts.sign_out"}


def rows(db: Session) -> dict[str, int]:
    return {
        name: len(db.execute(select(table)).all())
        for name, table in Base.metadata.tables.items()
        if name not in {"history", "user_sessions"}
    }


@pytest.mark.parametrize("endpoint", [name for name in POSTS if not name.startswith("api.")])
def test_every_form_refuses_a_marking_in_any_field(
    app: Flask, administrator: FlaskClient, db: Session, endpoint: str
):
    rule = next(rule for rule in app.url_map.iter_rules(endpoint) if "POST" in (rule.methods or ()))
    values = dict.fromkeys(rule.arguments, 1) | {"kind": "csv"} if rule.arguments else {}
    built = rule.build(values)
    assert built is not None
    before = rows(db)
    answer = administrator.post(built[1], data={"anything": MARKED})
    assert answer.status_code == 422, endpoint
    db.expire_all()
    assert rows(db) == before


def test_the_attempt_is_written_down_without_the_text(administrator: FlaskClient, db: Session, site: World):
    administrator.post("/contacts/new", data={"name": MARKED})
    line = db.scalars(select(Entry).where(Entry.action == "marking:refused")).one()
    assert (line.actor_id, line.changes) == (
        site.administrator.id,
        {"where": "contacts.new", "field": "name"},
    )


def test_a_program_is_refused_too(app: Flask, db: Session, site: World):
    token = tokens.issue(db, None, site.developer, token_draft(name="x"), now=NOW)
    db.commit()
    answer = app.test_client().post(
        "/api/v1/contacts",
        json={"name": "Kari", "source": "NATO SECRET"},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "a"},
    )
    assert answer.status_code == 422
    assert "gradering" in answer.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("HEMMELIG.csv", b"Navn;Merknad\nFirma AS;x\n"),
        ("liste.csv", b"Navn;Merknad\nFirma AS;Planen er HEMMELIG\n"),
        ("liste.csv", b"Navn;NATO RESTRICTED\nFirma AS;x\n"),
        ("liste.xlsx", workbook("Navn", "BEGRENSET")),
    ],
)
def test_a_spreadsheet_with_a_marking_is_not_taken_in(
    developer: FlaskClient, db: Session, name: str, content: bytes
):
    answer = developer.post("/import/", data={"file": (BytesIO(content), name)})
    assert answer.status_code == 422
    assert "sikkerhetslederen" in answer.text
    assert db.execute(select(Base.metadata.tables["imports"])).all() == []
