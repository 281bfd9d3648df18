"""Kom i gang: the demo comes and goes whole, and the register is asked for."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.demo.load import load_demo
from crm.registry.models import LoadState, RegisterLoad
from tests.world import NOW, World


@pytest.fixture
def with_demo(db: Session, site: World) -> World:
    load_demo(db, now=NOW, owner_id=site.administrator.id)
    db.commit()
    return site


def companies(db: Session) -> int:
    db.expire_all()
    return db.scalar(select(func.count(Company.id))) or 0


def test_everybody_sees_the_three_steps(reader: FlaskClient):
    page = reader.get("/start/").text
    assert page.count("<h2") >= 3


def test_the_demo_is_asked_about_and_then_removed_whole(
    administrator: FlaskClient, db: Session, with_demo: World
):
    assert companies(db) == 82
    asked = administrator.get("/start/demo/remove").text
    assert "80 oppdiktede virksomheter" in asked
    assert companies(db) == 82
    assert administrator.post("/start/demo/remove").location == "/start/"
    assert companies(db) == 2


def test_the_demo_can_be_brought_back(administrator: FlaskClient, db: Session):
    administrator.post("/start/demo")
    administrator.post("/start/demo")
    assert companies(db) == 82


@pytest.mark.parametrize("path", ["/start/demo/remove", "/start/demo", "/start/register"])
def test_a_developer_neither_removes_the_demo_nor_loads_the_register(
    developer: FlaskClient, db: Session, with_demo: World, path: str
):
    assert developer.post(path, data={"municipality": "3420"}).status_code == 403
    assert companies(db) == 82


def test_with_the_network_off_nothing_is_asked_for(administrator: FlaskClient, db: Session):
    assert administrator.post("/start/register", data={"municipality": "3420"}).status_code == 422
    assert db.scalars(select(RegisterLoad)).all() == []


def test_a_fetching_is_asked_for_once_and_followed(
    administrator: FlaskClient, app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
):
    settings = app.extensions["crm.settings"]
    monkeypatch.setitem(
        app.extensions, "crm.settings", settings.__class__(**(vars(settings) | {"offline": False}))
    )
    for _ in range(2):
        answer = administrator.post("/start/register", data={"municipality": "3420"})
    (load,) = db.scalars(select(RegisterLoad)).all()
    assert answer.location == "/start/#register"
    assert (load.state, load.asked) == (LoadState.WAITING, {"municipality_no": "3420"})
    assert administrator.get("/start/register").status_code == 200
    assert administrator.post("/start/register", data={"municipality": "9999"}).status_code == 422
