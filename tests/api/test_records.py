"""What programs read and write: the same acts, checks and trail as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.duplicates import operations as duplicates
from crm.duplicates.drafts import pair_of
from crm.duplicates.models import Kind
from crm.fields import operations as fields
from crm.fields.drafts import field_draft
from crm.fields.models import Subject as FieldSubject
from crm.history.models import Entry
from crm.matches.drafts import SuggestionDraft
from crm.matches.models import MatchRun, RunState, Suggestion
from tests.api.conftest import Program
from tests.world import NOW, THIRD_ORGNR, World


@pytest.fixture
def many(db: Session, site: World) -> list[str]:
    """Thirty companies, some without facts, in Norwegian order."""
    names = [f"{first}{second} AS" for first in "ÅøaZæb" for second in "kLmno"]
    for place, name in enumerate(names):
        draft = CompanyDraft(
            name=name,
            employees=place % 7 or None,
            municipality=["Elverum", "Hamar", None][place % 3],
        )
        companies.create_company(db, None, draft, now=NOW)
    db.commit()
    return names


@pytest.mark.parametrize("sort", ["name", "stage", "last_contact", "municipality", "employees", "newest"])
def test_a_list_read_in_pieces_is_the_whole_list_once(writer: Program, many: list[str], sort: str):
    whole = [row["id"] for row in writer.get("/companies", all="1", sort=sort, limit=100)["items"]]
    assert len(whole) == len(many) + 2
    pieces: list[int] = []
    cursor: dict[str, Any] = {}
    while True:
        piece = writer.get("/companies", all="1", sort=sort, limit=7, **cursor)
        pieces += [row["id"] for row in piece["items"]]
        if piece["next_cursor"] is None:
            break
        cursor = {"cursor": piece["next_cursor"]}
    assert pieces == whole


def test_a_cursor_of_another_order_is_refused(writer: Program, many: list[str]):
    cursor = writer.get("/companies", all="1", limit=1)["next_cursor"]
    assert writer("GET", f"/companies?all=1&sort=newest&cursor={cursor}").status_code == 400


def test_lists_are_narrowed_as_the_pages_are(writer: Program, site: World):
    def names(**query: Any) -> list[str]:
        return [row["name"] for row in writer.get("/companies", **query)["items"]]

    assert names() == ["Rullestolverkstedet AS"]
    assert names(all="1") == ["Rullestolverkstedet AS", "Åsen Kafé AS"]
    assert names(all="1", q="aasen") == ["Åsen Kafé AS"]
    assert names(segment="helse", stage="identified", municipality="3420", nace="32") == [site.company.name]
    assert names(owner=site.reader.id) == []
    assert [row["title"] for row in writer.get("/needs", segment="helse")["items"]] == [site.need.title]
    assert [row["name"] for row in writer.get("/contacts", q="22 00 00 00")["items"]] == ["Kari Eksempel"]
    assert [row["name"] for row in writer.get("/partners", q="syke")["items"]] == ["Sykehuset"]


def test_a_company_is_added_followed_and_moved(writer: Program, site: World, db: Session):
    sent = {"name": "Ny AS", "orgnr": THIRD_ORGNR, "follow": {"segments": ["helse"], "source": "Messe"}}
    made = writer("POST", "/companies", json=sent)
    assert made.status_code == 201
    record = made.json
    assert made.headers["Location"] == f"/api/v1/companies/{record['id']}"
    assert record["lead"]["owner"] == {"id": site.developer.id, "name": "Dev Eksempel"}
    move = {"version": record["lead"]["version"], "stage": "meeting"}
    moved = writer("POST", f"/companies/{record['id']}/move", json=move)
    assert moved.json["lead"]["stage"] == "meeting"
    again = writer("POST", f"/companies/{record['id']}/move", json=move)
    assert again.status_code == 409
    acts = [entry.action for entry in db.query(Entry).filter_by(actor_id=site.developer.id)]
    assert {"company:create", "lead:follow", "lead:move"} <= set(acts)


def test_a_rule_of_the_record_holds_here_too(writer: Program, site: World):
    parked = {"version": site.lead.version, "stage": "parked"}
    answer = writer("POST", f"/companies/{site.company.id}/move", json=parked)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "reason"
    wrong = writer("POST", "/companies", json={"name": "A", "orgnr": "123456789"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "orgnr")
    taken = writer("POST", "/companies", json={"name": "A", "orgnr": site.company.orgnr})
    assert taken.status_code == 409


def test_what_is_not_sent_stays_and_null_empties(writer: Program, site: World):
    path = f"/companies/{site.company.id}"
    first = writer(
        "PATCH",
        path,
        json={"version": site.company.version, "email": "post@example.org", "phone": "22 00 00 01"},
    )
    assert (first.json["email"], first.json["phone"]) == ("post@example.org", "+4722000001")
    second = writer("PATCH", path, json={"version": first.json["version"], "phone": None})
    assert (second.json["email"], second.json["phone"]) == ("post@example.org", None)


def test_the_second_of_two_editors_is_told(writer: Program, site: World):
    for path, record in (("/partners", site.partner), ("/needs", site.need), ("/contacts", site.person)):
        key = "title" if path == "/needs" else "name"
        change = {"version": record.version, key: "Et nytt navn"}
        assert writer("PATCH", f"{path}/{record.id}", json=change).status_code == 200
        assert writer("PATCH", f"{path}/{record.id}", json=change).status_code == 409


def test_the_same_request_under_the_same_key_is_done_once(writer: Program, site: World, db: Session):
    sent = {
        "company_id": site.company.id,
        "kind": "call",
        "text": "Snakket om verksted",
        "outcome": "reached",
    }
    key = {"Idempotency-Key": "a-key-of-my-own"}
    first = writer("POST", "/activities", json=sent, headers=key)
    second = writer("POST", "/activities", json=sent, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert len(writer.get("/activities", company=site.company.id)["items"]) == 1
    other = writer("POST", "/activities", json=sent | {"text": "Noe annet"}, headers=key)
    assert other.status_code == 409


def test_a_refused_request_leaves_its_key_free(writer: Program, site: World):
    key = {"Idempotency-Key": "tried twice"}
    assert writer("POST", "/partners", json={"name": " ", "kind": "other"}, headers=key).status_code == 422
    assert writer("POST", "/partners", json={"name": "Ny", "kind": "other"}, headers=key).status_code == 201


def test_a_call_moves_the_last_contact_and_plans_the_next_step(writer: Program, site: World):
    sent = {
        "company_id": site.company.id,
        "kind": "call",
        "contact_id": site.person.id,
        "next_step": {"text": "Ring igjen", "due_on": "2030-01-02"},
    }
    made = writer("POST", "/activities", json=sent)
    assert made.status_code == 201, made.text
    assert writer.get(f"/companies/{site.company.id}")["lead"]["last_contact_kind"] == "call"
    (step,) = writer.get("/follow-ups", company=site.company.id)["items"]
    assert step["owner"]["id"] == site.developer.id
    done = writer("POST", f"/follow-ups/{step['id']}/finish", json={"version": step["version"]})
    assert done.json["done_at"]
    assert writer.get("/follow-ups", company=site.company.id)["items"] == []
    assert writer("DELETE", f"/activities/{made.json['id']}").status_code == 204
    assert writer.get(f"/companies/{site.company.id}")["lead"]["last_contact_kind"] is None


def test_a_graded_text_is_refused_here_too(writer: Program, site: World):
    sent = {
        "partner_id": site.partner.id,
        "title": "Radio",
        "text": "BEGRENSET. Vi trenger radioer til øvelsen.",
    }
    answer = writer("POST", "/needs", json=sent)
    assert answer.status_code == 422


def test_a_likely_double_is_refused_unless_said_to_be_another(writer: Program, site: World):
    sent = {"name": "Kari E.", "phone": "22000000", "company_id": site.company.id}
    assert writer("POST", "/contacts", json=sent).status_code == 409
    made = writer("POST", "/contacts", json=sent | {"another_one": True})
    assert made.json["roles"] == [
        {"company": {"id": site.company.id, "name": site.company.name}, "title": ""}
    ]
    assert writer("DELETE", f"/contacts/{made.json['id']}").status_code == 204
    assert writer("GET", f"/contacts/{made.json['id']}").status_code == 404


def test_a_suggestion_is_answered(writer: Program, site: World, db: Session):
    run = MatchRun(week="2026-W48", state=RunState.DONE, parameters={})
    db.add(run)
    db.flush()
    draft = SuggestionDraft(
        need_id=site.need.id, company_id=site.company.id, rank=1, score=1.0, probability=0.5
    )
    db.add(Suggestion(run_id=run.id, **{name: getattr(draft, name) for name in draft.__dataclass_fields__}))
    db.commit()
    (found,) = writer.get("/matches", answered="open")["items"]
    assert found["company"]["name"] == site.company.name
    path = f"/matches/{found['id']}/answer"
    no = {"version": found["version"], "answer": "no"}
    assert writer("POST", path, json=no).status_code == 422
    answered = writer("POST", path, json=no | {"reason": "too_far"})
    assert answered.json["answer"] == "no"
    assert writer("POST", path, json=no | {"reason": "too_far"}).status_code == 409


def test_a_yes_opens_an_introduction_that_is_told_how_far_it_comes(writer: Program, site: World, db: Session):
    run = MatchRun(week="2026-W48", state=RunState.DONE, parameters={})
    db.add(run)
    db.flush()
    pair = {"need_id": site.need.id, "company_id": site.company.id}
    found = Suggestion(run_id=run.id, rank=1, score=1.0, probability=0.5, reasons=[], against={}, **pair)
    db.add(found)
    db.commit()
    yes = {"version": found.version, "answer": "yes"}
    assert writer("POST", f"/matches/{found.id}/answer", json=yes).status_code == 200
    (opened,) = writer.get("/introductions", company=site.company.id, state="proposed")["items"]
    assert (opened["partner"]["name"], opened["opened_by"]["name"]) == ("Sykehuset", "Dev Eksempel")
    path = f"/introductions/{opened['id']}/move"
    too_far = writer("POST", path, json={"version": opened["version"], "state": "met"})
    assert too_far.status_code == 409
    agreed = writer("POST", path, json={"version": opened["version"], "state": "agreed"})
    assert agreed.json["state"] == "agreed"


def test_colleagues_are_told_by_number_and_name_alone(looker: Program, site: World):
    listed = looker.get("/colleagues", limit=2)
    assert listed["items"][0] == {"id": site.administrator.id, "name": "Admin Eksempel"}
    rest = looker.get("/colleagues", cursor=listed["next_cursor"])
    assert [row["name"] for row in rest["items"]] == ["Reader Eksempel"]


def test_changing_a_need_keeps_the_rest_and_closes_it(writer: Program, site: World):
    path = f"/needs/{site.need.id}"
    changed = writer("PATCH", path, json={"version": site.need.version, "farthest_km": 40, "closed": True})
    assert changed.status_code == 200, changed.text
    assert changed.json["farthest_km"] == 40
    assert changed.json["closed"] is True
    assert changed.json["segments"] == ["helse"]
    assert writer.get("/needs")["items"] == []


def test_pieces_cost_the_same_however_many_rows(
    program: Callable[..., Program], many: list[str], site: World, statements: list[str]
):
    mine = program(site.developer)
    mine.get("/companies", all="1", limit=2)
    few = len(statements)
    statements.clear()
    mine.get("/companies", all="1", limit=30)
    assert len(statements) <= few


def test_a_number_that_was_merged_away_answers_with_the_one_it_is_part_of(
    writer: Program, db: Session, site: World
):
    first, other = site.company.id, site.other.id
    pair = pair_of(Kind.COMPANY, first, other)
    duplicates.merge(db, site.developer.id, pair, {}, now=NOW)
    db.commit()
    assert writer.get(f"/companies/{first}")["id"] == other
    assert writer("GET", "/companies/99999").status_code == 404


def test_own_fields_are_read_and_filled_in_by_their_code(writer: Program, site: World, db: Session):
    draft = field_draft(name="Antall lærlinger", kind="number")
    for subject in FieldSubject:
        fields.create_field(db, None, subject, draft)
    db.commit()
    here = f"/companies/{site.company.id}"
    assert writer.get(here)["own"] == {}
    sent = {"version": site.company.version, "own": {"antall_laerlinger": 3}}
    assert writer("PATCH", here, json=sent).json["own"] == {"antall_laerlinger": 3.0}
    rows = writer.get("/companies", where="own.antall_laerlinger:min:3")["items"]
    assert [row["own"] for row in rows] == [{"antall_laerlinger": 3.0}]
    assert writer("PATCH", here, json=sent).status_code == 409
    version = writer.get(here)["version"]
    wrong = writer("PATCH", here, json={"version": version, "own": {"no_such": 1}})
    assert wrong.status_code == 422
    person = {"version": site.person.version, "own": {"antall_laerlinger": "2,5"}}
    assert writer("PATCH", f"/contacts/{site.person.id}", json=person).json["own"] == {
        "antall_laerlinger": 2.5
    }
    need = {"version": site.need.version, "own": {"antall_laerlinger": 1}}
    assert writer("PATCH", f"/needs/{site.need.id}", json=need).json["own"] == {"antall_laerlinger": 1.0}
