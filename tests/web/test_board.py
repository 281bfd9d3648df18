"""The board: true counts, more cards by column, and moves that write one row of leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from crm import clock
from crm.companies import board, due, operations
from crm.companies.drafts import BoardFilter, CompanyDraft, LeadDraft
from crm.companies.models import Company, Lead, Stage
from tests.world import NOW, World

SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


def followed(db: Session, site: World, count: int, stage: Stage = Stage.CONTACTED) -> list[Company]:
    """Companies on one stage, the first made at the bottom."""
    made = []
    for number in range(count):
        at = NOW + timedelta(seconds=number)
        company = operations.create_company(db, None, CompanyDraft(name=f"Kort {number:02} AS"), now=at)
        draft = LeadDraft(owner_id=site.developer.id, stage=stage, segments=frozenset({"helse"}))
        operations.follow(db, None, company, draft, now=at)
        made.append(company)
    db.commit()
    return made


def order(db: Session, stage: Stage = Stage.CONTACTED) -> list[str]:
    found = db.scalars(board.leads(BoardFilter(), each=100))
    return [lead.company.name for lead in found if lead.stage is stage]


def test_every_column_tells_how_many_there_are_and_shows_the_first(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    followed(db, site, 30)
    statements.clear()
    page = developer.get("/board/").text
    assert len(statements) <= 8, "\n".join(statements)
    assert page.count('class="card"') == 13
    assert 'data-count="contacted">30<' in page
    assert "Kort 29 AS" in page
    assert "Kort 17 AS" not in page
    assert 'href="/companies/?stage=contacted"' in page


def test_more_cards_of_a_column_come_by_the_column(developer: FlaskClient, db: Session, site: World):
    followed(db, site, 30)
    page, seen = developer.get("/board/").text, 12
    while "/board/column/contacted" in page:
        address = page.split('hx-get="/board', 1)[1].split('"', 1)[0].replace("&amp;", "&")
        page = developer.get(f"/board{address}", headers=SWAP).text
        seen += page.count('class="card"')
    assert seen == 30


@pytest.mark.parametrize(
    "address", ["/board/column/nowhere?after=m.1", "/board/column/visit", "/board/?owner=x"]
)
def test_nonsense_in_the_address_is_refused(developer: FlaskClient, address: str):
    assert developer.get(address).status_code == 400


def test_the_board_is_narrowed_by_owner_and_segment(developer: FlaskClient, db: Session, site: World):
    followed(db, site, 3)
    assert "Kort 01" in developer.get(f"/board/?owner={site.developer.id}&segment=helse").text
    empty = developer.get("/board/?segment=beredskap").text
    assert "Kort 01" not in empty
    assert 'data-count="contacted">0<' in empty


def test_a_card_lands_between_its_neighbours_and_one_lead_is_written(
    developer: FlaskClient, db: Session, site: World, statements: list[str]
):
    made = followed(db, site, 4)
    assert order(db) == ["Kort 03 AS", "Kort 02 AS", "Kort 01 AS", "Kort 00 AS"]
    statements.clear()
    data = {"stage": "contacted", "seen": "identified", "above": made[2].id, "below": made[1].id}
    answer = developer.post(f"/board/{site.company.id}/move", data=data, headers=SWAP)
    assert answer.status_code == 200
    assert [line for line in statements if line.startswith("UPDATE")] != []
    assert len([line for line in statements if line.startswith("UPDATE leads")]) == 1
    assert 'data-count-of="contacted">5<' in answer.text
    db.expire_all()
    assert order(db) == ["Kort 03 AS", "Kort 02 AS", "Rullestolverkstedet AS", "Kort 01 AS", "Kort 00 AS"]
    assert site.lead.stage is Stage.CONTACTED


def test_a_move_without_a_place_goes_on_top(developer: FlaskClient, db: Session, site: World):
    followed(db, site, 2)
    developer.post(f"/board/{site.company.id}/move", data={"stage": "contacted"})
    db.expire_all()
    assert order(db)[0] == "Rullestolverkstedet AS"


def test_neighbours_that_leave_no_room_are_no_error(developer: FlaskClient, db: Session, site: World):
    made = followed(db, site, 2)
    db.execute(update(Lead).values(board_key="m"))
    db.commit()
    data = {"stage": "contacted", "above": made[0].id, "below": made[1].id}
    assert developer.post(f"/board/{site.company.id}/move", data=data).status_code == 303


def test_parking_asks_why_and_when(developer: FlaskClient, db: Session, site: World):
    address = f"/board/{site.company.id}/move"
    refused = developer.post(address, data={"stage": "parked"}, headers=SWAP)
    assert refused.status_code == 422
    assert "Skriv kort hvorfor" in refused.text
    plain = developer.post(address, data={"stage": "parked"})
    assert plain.location == f"/companies/{site.company.id}/move?stage=parked&next=/board/"
    wake = (clock.today() + timedelta(days=90)).isoformat()
    data = {"stage": "lost", "reason": "Valgte Hamar", "wake_on": wake}
    assert developer.post(address, data=data, headers=SWAP).status_code == 200
    db.expire_all()
    assert (site.lead.stage, site.lead.resting_reason) == (Stage.LOST, "Valgte Hamar")
    assert db.scalars(due.waking(on=clock.today() + timedelta(days=90))).all() == [site.company]


def test_a_card_somebody_else_has_moved_is_left_where_it_is(developer: FlaskClient, db: Session, site: World):
    data = {"stage": "visit", "seen": "meeting"}
    answer = developer.post(f"/board/{site.company.id}/move", data=data, headers=SWAP)
    assert answer.status_code == 409
    assert "Noen andre har flyttet Rullestolverkstedet AS til Identifisert." in answer.text
    db.expire_all()
    assert site.lead.stage is Stage.IDENTIFIED


def test_a_reader_looks_and_moves_nothing(reader: FlaskClient, site: World):
    page = reader.get("/board/").text
    assert "Rullestolverkstedet" in page
    assert "draggable" not in page.replace('draggable="false"', "")
    assert reader.post(f"/board/{site.company.id}/move", data={"stage": "visit"}).status_code == 403


@pytest.mark.parametrize(
    ("stage", "moved", "spoken", "days"),
    [
        (Stage.MEETING, 40, None, 40),
        (Stage.MEETING, 40, 5, None),
        (Stage.MEETING, 5, 40, None),
        (Stage.IDENTIFIED, 400, None, None),
        (Stage.LOST, 400, 300, None),
        (Stage.CONCRETE_INTEREST, 30, 22, 22),
    ],
)
def test_quiet_counts_from_the_last_contact_or_move(
    site: World, stage: Stage, moved: int, spoken: int | None, days: int | None
):
    site.lead.stage, site.lead.stage_since = stage, NOW - timedelta(days=moved)
    site.lead.last_contact_at = NOW - timedelta(days=spoken) if spoken else None
    assert site.lead.silent_days(NOW) == days
