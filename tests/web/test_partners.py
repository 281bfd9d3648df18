"""Pages of partners."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.contacts import operations as contacts
from crm.contacts.drafts import contact_draft
from crm.partners import operations, queries
from crm.partners.drafts import NeedDraft, PartnerDraft
from crm.partners.models import Offer, Partner, PartnerKind
from tests.world import ORGNR, World

WRITING = ["/new", "/{id}/edit"]
POSTS = ["/new", "/{id}/edit", "/{id}/offers", "/{id}/offers/restore", "/{id}/log"]


def many(db: Session, site: World, count: int) -> None:
    for number in range(count):
        draft = PartnerDraft(name=f"Partner {number:02}", kind=PartnerKind.OTHER, municipality_no="3420")
        partner = operations.create_partner(db, None, draft)
        person = contacts.create_contact(db, None, contact_draft(name=f"Person {number:02}"))
        operations.add_person(db, None, partner, person, title="Leder")
        operations.create_need(
            db, None, partner, NeedDraft(title="Noe", text="Vi trenger noe stort og godt.")
        )
    db.commit()


def test_the_list_tells_kind_open_needs_and_municipality(reader: FlaskClient, site: World):
    page = reader.get("/partners/").text
    assert "Sykehuset" in page
    assert "Elverum" in page
    assert f'href="/needs/?partner={site.partner.id}"' in page


def test_the_list_asks_few_questions_however_long(
    reader: FlaskClient, db: Session, site: World, statements: list[str]
):
    many(db, site, 60)
    statements.clear()
    assert reader.get("/partners/").text.count("<tr>") == 51
    assert len(statements) <= 8


def test_the_list_is_narrowed_and_says_so(reader: FlaskClient, site: World):
    page = reader.get("/partners/?q=finnes+ikke").text
    assert "som inneholder «finnes ikke»" in page
    assert "Fjern filter" in page
    assert "Opprett «finnes ikke»" not in page, "a reader cannot create"
    assert "Sykehuset" in reader.get("/partners/?q=SYKE").text


def test_a_swap_gets_the_rows_alone(reader: FlaskClient):
    page = reader.get("/partners/", headers={"HX-Request": "true"}).text
    assert "<html" not in page
    assert "Sykehuset" in page


def test_nonsense_in_the_address_is_refused(reader: FlaskClient):
    assert reader.get("/partners/?page=0").status_code == 400
    assert reader.get("/partners/?q=%00").status_code == 200
    assert reader.get("/partners/999").status_code == 404


@pytest.mark.parametrize("path", WRITING)
def test_a_reader_may_not_write(reader: FlaskClient, site: World, path: str):
    assert reader.get(f"/partners{path.format(id=site.partner.id)}").status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_a_reader_may_not_post(reader: FlaskClient, site: World, path: str):
    assert reader.post(f"/partners{path.format(id=site.partner.id)}").status_code == 403


def test_a_stranger_is_led_to_the_door(stranger: FlaskClient, site: World):
    assert stranger.get(f"/partners/{site.partner.id}").status_code == 302


def test_the_page_is_for_reading(reader: FlaskClient, developer: FlaskClient, site: World):
    address = f"/partners/{site.partner.id}"
    assert "Reparasjon av rullestoler" in reader.get(address).text
    assert "Skriv et nytt behov" not in reader.get(address).text
    for word in ("Skriv et nytt behov", "Legg til en person", "Skriv hva de kan bidra med", "Loggfør"):
        assert word in developer.get(address).text


def test_a_partner_is_created(developer: FlaskClient, db: Session):
    answer = developer.post(
        "/partners/new", data={"name": "Kommunen", "kind": "municipality", "home_page": "x.no"}
    )
    made = db.query(Partner).filter_by(name="Kommunen").one()
    assert (answer.status_code, answer.location) == (303, f"/partners/{made.id}")
    assert made.home_page == "https://x.no"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " ", "kind": "hospital"}, "Skriv navnet"),
        ({"name": "X", "kind": ""}, "Velg hva slags"),
        ({"name": "X", "kind": "other", "orgnr": "12"}, "ni sifre"),
        ({"name": "X", "kind": "other", "home_page": "javascript:alert(1)"}, "nettadresse"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(developer: FlaskClient, typed: dict[str, str], said: str):
    answer = developer.post("/partners/new", data=typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_two_partners_do_not_share_a_number(developer: FlaskClient):
    typed = {"name": "A", "kind": "other", "orgnr": ORGNR}
    assert developer.post("/partners/new", data=typed).status_code == 303
    answer = developer.post("/partners/new", data=typed | {"name": "B"})
    assert answer.status_code == 422
    assert "tilhører alt partneren A" in answer.text


def test_the_second_of_two_editors_keeps_the_text_and_may_save_knowingly(
    developer: FlaskClient, db: Session, site: World
):
    address = f"/partners/{site.partner.id}/edit"
    seen = re.search(r'name="version" id="version" value="(\d+)"', developer.get(address).text)
    assert seen
    typed = {"name": "Min tekst", "kind": "hospital", "version": seen[1]}
    assert developer.post(address, data=typed | {"name": "Den andres"}).status_code == 303
    refused = developer.post(address, data=typed)
    assert refused.status_code == 422
    assert "Noen andre endret dette" in refused.text
    assert "Min tekst" in refused.text
    assert "<dd>Den andres</dd>" in refused.text
    now = re.search(r'name="version" id="version" value="(\d+)"', refused.text)
    assert now
    assert developer.post(address, data=typed | {"version": now[1]}).status_code == 303
    db.expire_all()
    assert queries.get_partner(db, site.partner.id).name == "Min tekst"


def test_an_edit_without_a_version_is_refused(developer: FlaskClient, site: World):
    answer = developer.post(f"/partners/{site.partner.id}/edit", data={"name": "X", "kind": "other"})
    assert answer.status_code == 422


def test_an_offer_is_added_corrected_deleted_and_brought_back(
    developer: FlaskClient, db: Session, site: World
):
    address = f"/partners/{site.partner.id}"
    assert developer.post(f"{address}/offers", data={"offer-title": "Testlab"}).status_code == 303
    offer = db.query(Offer).one()
    typed = {"title": "Testlab og kontor", "version": offer.version}
    assert developer.post(f"{address}/offers/{offer.id}/edit", data=typed).status_code == 303
    assert developer.post(f"{address}/offers/{offer.id}/edit", data=typed).status_code == 422
    gone = developer.post(f"{address}/offers/{offer.id}/delete")
    shown = developer.get(gone.location).text
    assert "Tilbudet er slettet" in shown
    entry = re.search(r'name="entry" value="(\d+)"', shown)
    assert entry
    developer.post(f"{address}/offers/restore", data={"entry": entry[1]})
    assert "Testlab og kontor" in developer.get(address).text
    assert developer.post(f"{address}/offers/restore", data={"entry": entry[1]}).status_code == 409


def test_an_offer_without_a_title_opens_its_form_with_the_complaint(developer: FlaskClient, site: World):
    answer = developer.post(f"/partners/{site.partner.id}/offers", data={"offer-title": ""})
    assert answer.status_code == 422
    assert "Skriv kort hva som tilbys" in answer.text


def test_an_offer_belongs_to_its_partner(developer: FlaskClient, db: Session, site: World):
    developer.post(f"/partners/{site.partner.id}/offers", data={"offer-title": "Testlab"})
    offer = db.query(Offer).one()
    assert developer.get(f"/partners/{site.partner.id + 1}/offers/{offer.id}/edit").status_code == 404


def test_a_call_with_a_partner_is_logged_from_its_page(developer: FlaskClient, site: World):
    address = f"/partners/{site.partner.id}"
    assert (
        developer.post(
            f"{address}/log", data={"kind": "call", "text": "Snakket om behov", "outcome": ""}
        ).status_code
        == 303
    )
    assert "Snakket om behov" in developer.get(address).text
    assert (
        developer.post(f"{address}/log", data={"kind": "note", "text": "", "outcome": ""}).status_code == 422
    )
