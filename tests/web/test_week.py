"""Min uke: what waits, whose it is, and that every figure leads to its rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm import clock
from crm.activities import operations as activities
from crm.activities.drafts import FollowUpDraft, Subject
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft, LeadDraft, MoveDraft
from crm.companies.models import Stage
from crm.matches import operations as matches
from crm.matches.drafts import SuggestionDraft
from tests.world import World


def plan(db: Session, site: World, text: str, days: int, owner: int | None = None) -> None:
    draft = FollowUpDraft(
        text=text, due_on=clock.today() + timedelta(days=days), owner_id=owner or site.developer.id
    )
    activities.plan(db, site.developer.id, Subject(company_id=site.company.id), draft)
    db.commit()


def run_round(db: Session, site: World, more: int = 0) -> None:
    now = clock.now()
    extra = [
        companies.create_company(db, None, CompanyDraft(name=f"Firma {number:03d} AS"), now=now)
        for number in range(more)
    ]
    run = matches.request_run(db, clock.iso_week(now), actor_id=None, now=now)
    claim = matches.claim_run(db, run.id, now=now) or 0
    found = [
        SuggestionDraft(need_id=site.need.id, company_id=company.id, rank=place, score=1.0, probability=0.6)
        for place, company in enumerate([site.company, site.other, *extra], start=1)
    ]
    matches.store_run(db, run.id, claim, found, counts={"companies": 2, "needs": 1}, now=now)
    db.commit()
    db.expire_all()


def main_of(client: FlaskClient, address: str = "/") -> str:
    return " ".join(client.get(address).text.split("<main", 1)[1].split())


def test_it_greets_by_name_and_week(developer: FlaskClient):
    week = int(clock.iso_week(clock.now())[-2:])
    assert f'Hei, Dev <span class="muted">· Uke {week}</span>' in main_of(developer)


def test_before_the_first_round_three_steps_show_how_far_one_has_come(developer: FlaskClient):
    page = main_of(developer)
    assert "Tre steg til de første forslagene" in page
    assert '<progress max="3" value="2"' in page


def test_after_the_first_round_the_steps_are_gone(developer: FlaskClient, db: Session, site: World):
    run_round(db, site)
    assert "Tre steg" not in main_of(developer)


def test_a_follow_up_of_this_week_can_be_ticked_and_one_of_next_week_waits(
    developer: FlaskClient, db: Session, site: World
):
    plan(db, site, "Ring sykehuset", -1)
    plan(db, site, "Send tilbud", 8)
    page = main_of(developer)
    assert "Ring sykehuset" in page
    assert "/finish" in page
    assert "Send tilbud" not in page
    assert "Send tilbud" in main_of(developer, "/week/follow-ups")


def test_mine_leaves_out_what_is_others_and_the_team_has_it_all(
    developer: FlaskClient, db: Session, site: World
):
    plan(db, site, "Ring administrasjonen", 0, owner=site.administrator.id)
    assert "Ring administrasjonen" not in main_of(developer)
    assert "Ring administrasjonen" in main_of(developer, "/?who=all")


def test_a_reader_sees_the_whole_team_and_nothing_to_press(reader: FlaskClient, db: Session, site: World):
    plan(db, site, "Ring sykehuset", 0)
    run_round(db, site)
    page = main_of(reader)
    assert "Ring sykehuset" in page
    assert "<button" not in page


def test_every_figure_counts_exactly_the_rows_it_leads_to(developer: FlaskClient, db: Session, site: World):
    plan(db, site, "Ring sykehuset", -3)
    plan(db, site, "Besøk dem", 0)
    run_round(db, site)
    site.lead.stage, site.lead.created_at = Stage.MEETING, clock.now() - timedelta(days=100)
    db.commit()
    page = main_of(developer)
    assert '<a href="/matches/?owner=me"><b>2</b>' in page
    assert main_of(developer, "/matches/?owner=me").count('<article class="suggestion') == 2
    assert '<a href="/week/follow-ups?due=today&amp;who=me"><b>2</b>' in page
    assert main_of(developer, "/week/follow-ups?due=today&who=me").count("<li id=") == 2
    assert '<a href="/week/quiet?who=me"><b>1</b>' in page
    assert "Rullestolverkstedet AS" in main_of(developer, "/week/quiet?who=me")
    assert "1 lead uten kontakt" in main_of(developer, "/week/quiet?who=me")


def test_the_best_six_suggestions_stand_on_the_page_with_a_way_to_the_rest(
    developer: FlaskClient, db: Session, site: World
):
    run_round(db, site, more=10)
    page = main_of(developer)
    assert page.count('<article class="suggestion') == 6
    assert "Se alle 12 forslag" in page


def test_a_parked_lead_wakes_on_its_day(developer: FlaskClient, db: Session, site: World):
    move = MoveDraft(stage=Stage.PARKED, reason="Venter på budsjett", wake_on=clock.today())
    companies.move_lead(db, site.developer.id, site.lead, move, now=clock.now())
    db.commit()
    page = main_of(developer)
    assert "Parkerte som skal tas opp igjen" in page
    assert "Venter på budsjett" in page


def test_a_round_that_is_running_shows_how_far_it_has_come(developer: FlaskClient, db: Session, site: World):
    matches.request_run(db, clock.iso_week(clock.now()), actor_id=None, now=clock.now())
    db.commit()
    assert "Venter på tur" in main_of(developer)


@pytest.mark.parametrize("address", ["/?who=you", "/week/quiet?who=you", "/week/follow-ups?due=never"])
def test_what_cannot_be_asked_is_refused(developer: FlaskClient, address: str):
    assert developer.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/", "/week/quiet", "/week/follow-ups"])
def test_a_stranger_is_led_to_the_door(stranger: FlaskClient, address: str):
    assert stranger.get(address).location.startswith("/sign-in")


def test_the_page_asks_few_questions_however_much_there_is(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    run_round(db, site, more=30)
    long_ago = clock.now() - timedelta(days=90)
    for number in range(20):
        plan(db, site, f"Ring {number}", -number)
        draft = CompanyDraft(name=f"Stille {number} AS")
        quiet = companies.create_company(db, None, draft, now=long_ago)
        lead = LeadDraft(owner_id=site.developer.id, stage=Stage.MEETING)
        companies.follow(db, None, quiet, lead, now=long_ago)
    db.commit()
    statements.clear()
    page = main_of(developer)
    assert page.count('<li id="follow-up-') == 8
    assert "Se alle denne uka" in page
    assert len(statements) <= 9, statements


@pytest.mark.parametrize("address", ["/week/quiet", "/week/follow-ups"])
def test_the_lists_behind_ask_few_questions(developer: FlaskClient, statements: list[str], address: str):
    statements.clear()
    assert developer.get(address).status_code == 200
    assert len(statements) <= 8
