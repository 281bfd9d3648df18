"""Tokens on «Min konto»: made, shown once, and shut by nobody but their owner."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import tokens
from crm.accounts.models import ApiToken
from tests.world import World


def test_a_token_is_made_shown_once_and_shut(developer: FlaskClient, app: Flask, db: Session):
    page = developer.post("/me/tokens", data={"name": "Power BI", "days": "30", "read_only": "y"})
    token = re.search(r"klt_[\w-]{40,}", page.text)
    assert token
    again = developer.get("/me").text
    assert token.group() not in again
    assert "Power BI" in again
    asked = {"Authorization": f"Bearer {token.group()}"}
    assert app.test_client().get("/api/v1/needs", headers=asked).status_code == 200
    made = db.scalars(select(ApiToken)).one()
    assert made.read_only
    assert developer.post(f"/me/tokens/{made.id}/revoke").status_code == 303
    assert app.test_client().get("/api/v1/needs", headers=asked).status_code == 401


def test_a_token_without_a_purpose_is_refused(developer: FlaskClient, db: Session):
    assert developer.post("/me/tokens", data={"name": " ", "days": "30"}).status_code == 422
    assert developer.post("/me/tokens", data={"name": "x", "days": "9999"}).status_code == 422
    assert db.scalars(select(ApiToken)).all() == []


def test_nobody_shuts_the_token_of_another(reader: FlaskClient, site: World, db: Session):
    tokens.issue(db, None, site.developer, tokens.token_draft(name="Mine"), now=clock.now())
    db.commit()
    made = db.scalars(select(ApiToken)).one()
    assert reader.post(f"/me/tokens/{made.id}/revoke").status_code == 404
    db.refresh(made)
    assert made.revoked_at is None
