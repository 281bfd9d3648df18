"""Kom i gang: three steps, the demo that comes and goes whole, and the register that is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts.models import User
from crm.activities import operations as log
from crm.activities.drafts import Subject, activity_draft
from crm.companies.models import Company
from crm.demo.load import load_demo
from crm.matches import queries as matches
from crm.matches.models import RunState
from crm.registry import ledger
from crm.registry.counts import Counts
from crm.registry.models import LoadState, RegisterLoad
from tests.world import NOW, World

POSTS = ["/start/demo/remove", "/start/demo", "/start/register"]


@pytest.fixture
def with_demo(db: Session, site: World) -> World:
    load_demo(db, now=clock.now(), owner_id=site.administrator.id)
    db.commit()
    return site


@pytest.fixture
def open_network(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["crm.settings"]
    opened = settings.__class__(**(vars(settings) | {"offline": False}))
    monkeypatch.setitem(app.extensions, "crm.settings", opened)


def companies(db: Session) -> int:
    db.expire_all()
    return db.scalar(select(func.count(Company.id))) or 0


class TestSteps:
    def test_everybody_here_sees_the_three_steps_and_how_far_they_have_come(self, reader: FlaskClient):
        page = reader.get("/start/").text
        for step in ("Hent virksomhetene", "Skriv hva partnerne trenger", "Kjør den første runden"):
            assert step in page
        assert "2 av 3 er gjort." in page

    def test_a_stranger_is_asked_to_sign_in(self, stranger: FlaskClient):
        assert "/sign-in" in stranger.get("/start/").location

    def test_the_demo_does_not_count_as_a_step(
        self, administrator: FlaskClient, db: Session, with_demo: World
    ):
        with_demo.need.demo = with_demo.company.demo = True
        db.merge(with_demo.need)
        db.merge(with_demo.company)
        db.commit()
        assert "0 av 3 er gjort. Demoen er ikke regnet med." in administrator.get("/start/").text

    @pytest.mark.usefixtures("with_demo")
    def test_a_reader_is_offered_nothing_a_reader_may_not_do(self, reader: FlaskClient):
        page = reader.get("/start/").text
        for address in ("/start/demo", "/start/demo/remove", "/start/register", "/needs/new", "/matches/run"):
            assert f'action="{address}"' not in page
            assert f'href="{address}"' not in page

    def test_the_segments_are_listed_with_how_many_industries_they_have(self, reader: FlaskClient):
        page = reader.get("/start/").text
        assert "Beredskap" in page
        assert "næringer" in page

    @pytest.mark.usefixtures("with_demo")
    def test_the_page_takes_few_statements_however_much_there_is(
        self, administrator: FlaskClient, statements: list[str]
    ):
        administrator.get("/start/")
        assert len(statements) <= 10


class TestDemo:
    @pytest.mark.usefixtures("with_demo")
    def test_what_would_go_is_told_before_anything_goes(self, administrator: FlaskClient, db: Session):
        page = administrator.get("/start/demo/remove").text
        for said in ("80 oppdiktede virksomheter", "46 personer", "12 partnere", "104 oppføringer i loggen"):
            assert said in page
        assert "Av dette har dere skrevet" not in page
        assert companies(db) == 82

    def test_what_people_wrote_on_it_themselves_is_told_too(
        self, administrator: FlaskClient, db: Session, with_demo: World
    ):
        company_id = db.scalars(select(Company.id).where(Company.demo)).first()
        draft = activity_draft(kind="note", happened_at=NOW - timedelta(days=1), now=clock.now(), text="Vårt")
        log.log_activity(db, with_demo.developer.id, Subject(company_id=company_id), draft)
        db.commit()
        assert "Av dette har dere skrevet 1 oppføring selv" in administrator.get("/start/demo/remove").text

    @pytest.mark.usefixtures("with_demo")
    def test_one_press_removes_it_whole_and_what_is_ours_stays(self, administrator: FlaskClient, db: Session):
        answer = administrator.post("/start/demo/remove")
        assert (answer.status_code, answer.location) == (303, "/start/")
        assert companies(db) == 2
        assert db.scalars(select(User).where(User.demo)).all() == []
        page = administrator.get("/start/").text
        assert "Demoen er fjernet: 80 virksomheter" in page
        assert "Last inn demoen" in page

    @pytest.mark.usefixtures("site")
    def test_pressed_twice_there_is_nothing_left_to_remove(self, administrator: FlaskClient, db: Session):
        assert "Det er ingen demo å fjerne." in administrator.get("/start/demo/remove").text
        administrator.post("/start/demo/remove")
        assert "Det var ingen demo å fjerne." in administrator.get("/start/").text
        assert companies(db) == 2

    @pytest.mark.usefixtures("site")
    def test_it_can_be_brought_back_once_with_a_round_asked_for(
        self, administrator: FlaskClient, db: Session
    ):
        for _ in range(2):
            assert administrator.post("/start/demo").location == "/"
        assert companies(db) == 82
        run = matches.find_run(db, clock.iso_week(clock.now()))
        assert run
        assert run.state is RunState.WAITING

    @pytest.mark.usefixtures("with_demo")
    @pytest.mark.parametrize("path", POSTS)
    def test_a_developer_neither_moves_the_demo_nor_loads_the_register(
        self, developer: FlaskClient, db: Session, path: str
    ):
        assert developer.post(path, data={"municipality": "3420"}).status_code == 403
        assert developer.get("/start/demo/remove").status_code == 403
        assert companies(db) == 82


class TestRegister:
    def test_with_the_network_off_the_page_says_so_and_how_to_do_it_from_a_file(
        self, administrator: FlaskClient, db: Session
    ):
        page = administrator.get("/start/").text
        assert "ikke å bruke nettet" in page
        assert "register load enheter_alle.json.gz" in page
        assert 'action="/start/register"' not in page
        assert administrator.post("/start/register", data={"municipality": "3420"}).status_code == 422
        assert db.scalars(select(RegisterLoad)).all() == []

    @pytest.mark.usefixtures("open_network")
    def test_a_fetching_is_asked_for_once_and_followed(self, administrator: FlaskClient, db: Session):
        for _ in range(2):
            answer = administrator.post("/start/register", data={"municipality": "3420"})
        (load,) = db.scalars(select(RegisterLoad)).all()
        assert answer.location == "/start/#register"
        assert (load.state, load.asked) == (LoadState.WAITING, {"municipality_no": "3420"})
        assert "Henter fra registeret" in administrator.get("/start/register").text

    @pytest.mark.usefixtures("open_network")
    def test_the_home_municipality_is_chosen_beforehand(self, administrator: FlaskClient):
        assert '<option selected value="3420">' in administrator.get("/start/").text

    @pytest.mark.usefixtures("open_network")
    @pytest.mark.parametrize("number", ["", "9999", "'; DROP TABLE units"])
    def test_no_such_municipality_is_refused(self, administrator: FlaskClient, db: Session, number: str):
        assert administrator.post("/start/register", data={"municipality": number}).status_code == 422
        assert db.scalars(select(RegisterLoad)).all() == []

    def test_the_page_asks_again_while_something_is_under_way_and_no_longer(
        self, reader: FlaskClient, db: Session
    ):
        load = ledger.request_segments(db, "3420", now=clock.now())
        db.commit()
        part = {"HX-Request": "true"}
        assert 'hx-trigger="every 2s"' in reader.get("/start/register", headers=part).text
        ledger.finish_load(db, load.id, Counts(read=1200, new=1200), now=clock.now())
        db.commit()
        said = reader.get("/start/register", headers=part).text
        assert "hx-trigger" not in said
        assert "1\u00a0200 nye" in said

    def test_a_load_that_failed_says_why(self, reader: FlaskClient, db: Session):
        load = ledger.request_segments(db, "3420", now=clock.now())
        ledger.fail_load(db, load.id, "Registeret svarte ikke.", now=clock.now())
        db.commit()
        page = reader.get("/start/").text
        assert "Stoppet" in page
        assert "Registeret svarte ikke." in page
