"""Pages of needs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm import clock
from crm.matches.models import Answer, MatchRun, RunState, Suggestion
from crm.partners import operations, queries
from crm.partners.drafts import NeedDraft
from crm.partners.models import Need
from tests.world import World

TEXT = "Vi trenger lykter som tåler vann og kulde, til øvelser ute."


def typed(**more: str) -> dict[str, str]:
    return {"title": "Lykter", "text": TEXT, "contact_id": ""} | more


def suggest(db: Session, site: World, *, company_id: int | None = None, answer: Answer | None = None) -> None:
    run = db.query(MatchRun).first() or MatchRun(week="2026-W48", state=RunState.DONE, parameters={})
    db.add(run)
    db.flush()
    db.add(
        Suggestion(
            run_id=run.id,
            need_id=site.need.id,
            company_id=company_id or site.company.id,
            rank=1,
            score=1.0,
            probability=0.8,
            reasons=[],
            against={},
            answer=answer,
        )
    )
    db.commit()


def test_the_list_shows_what_waits_for_an_answer(reader: FlaskClient, db: Session, site: World):
    suggest(db, site)
    suggest(db, site, company_id=site.other.id, answer=Answer.NO)
    page = reader.get("/needs/").text
    assert "Reparasjon av rullestoler" in page
    assert f'href="/needs/{site.need.id}#suggestions"' in page
    assert "1 forslag" in page


def test_the_list_asks_few_questions_however_long(
    reader: FlaskClient, db: Session, site: World, statements: list[str]
):
    for number in range(60):
        draft = NeedDraft(title=f"Behov {number:02}", text=TEXT, segments=frozenset({"helse", "beredskap"}))
        operations.create_need(db, None, site.partner, draft)
    db.commit()
    statements.clear()
    assert reader.get("/needs/?segment=helse&q=sykehuset").text.count("<tr>") == 51
    assert len(statements) <= 8


@pytest.mark.parametrize(
    ("query", "said", "shown"),
    [
        ("q=rullestoler", "som inneholder «rullestoler»", True),
        ("segment=helse", "innen Helse", True),
        ("segment=beredskap", "innen Beredskap", False),
        ("partner=1", "fra Sykehuset", True),
        ("q=ingenting", "Ingen behov passer", False),
        ("state=all", "også lukkede", True),
    ],
)
def test_the_filter_is_said_in_words(reader: FlaskClient, site: World, query: str, said: str, shown: bool):
    page = reader.get(f"/needs/?{query.replace('partner=1', f'partner={site.partner.id}')}").text
    assert said in page
    assert "Fjern filter" in page
    assert ("Reparasjon av rullestoler" in page) is shown


@pytest.mark.parametrize("query", ["state=x", "partner=x", "page=-1"])
def test_nonsense_in_the_address_is_refused(reader: FlaskClient, query: str):
    assert reader.get(f"/needs/?{query}").status_code == 400


def test_odd_characters_find_nothing_and_break_nothing(reader: FlaskClient):
    assert reader.get("/needs/?q=%00%25_&segment=%00x").status_code == 200


def test_the_page_says_in_words_who_may_see_it(reader: FlaskClient, site: World):
    page = reader.get(f"/needs/{site.need.id}").text
    assert "Nei, bare vi ser det" in page
    assert "raskt, her i byen" in page
    assert "Lukk behovet" not in page


@pytest.mark.parametrize("path", ["new", "{id}/edit"])
def test_a_reader_may_not_write(reader: FlaskClient, site: World, path: str):
    assert reader.get(f"/needs/{path.format(id=site.need.id)}").status_code == 403


@pytest.mark.parametrize("path", ["new", "{id}/edit", "{id}/close", "{id}/reopen"])
def test_a_reader_may_not_post(reader: FlaskClient, site: World, path: str):
    assert reader.post(f"/needs/{path.format(id=site.need.id)}").status_code == 403


def test_a_stranger_is_led_to_the_door(stranger: FlaskClient, site: World):
    assert stranger.get(f"/needs/{site.need.id}").status_code == 302
    assert stranger.get("/needs/999").status_code == 302


def test_without_a_partner_one_is_chosen_first(developer: FlaskClient, site: World):
    assert f'href="/needs/new?partner={site.partner.id}"' in developer.get("/needs/new").text
    assert developer.get("/needs/new?partner=999").status_code == 404


def test_a_new_need_is_not_shown_to_companies_unless_said(developer: FlaskClient, db: Session, site: World):
    answer = developer.post(
        f"/needs/new?partner={site.partner.id}", data=typed(segments="helse", farthest_km="80")
    )
    made = db.query(Need).filter_by(title="Lykter").one()
    assert answer.location == f"/needs/{made.id}"
    assert (made.shown_to_companies, made.farthest_km, made.contact_id) == (False, 80, None)


def test_the_quick_form_leads_back_to_the_partner_and_never_elsewhere(developer: FlaskClient, site: World):
    address = f"/needs/new?partner={site.partner.id}"
    back = f"/partners/{site.partner.id}#needs"
    assert developer.post(address, data=typed(next=back)).location == back
    assert developer.post(address, data=typed(next="https://ond.no/")).location.startswith("/needs/")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": ""}, "kort overskrift"),
        ({"text": "Kort"}, "en setning eller to"),
        ({"text": f"{TEXT} BEGRENSET"}, "sikkerhetslederen"),
        ({"text": f"{TEXT} Merket hemmelig."}, "sikkerhetslederen"),
        ({"valid_until": "2020-01-01"}, "Denne dagen har vært"),
        ({"valid_until": "i morgen"}, "dag.måned.år"),
        ({"farthest_km": "ti"}, "helt tall"),
        ({"farthest_km": "9999"}, "fra 1 til 3000"),
        ({"segments": "finnesikke"}, "finnes ikke"),
        ({"contact_id": "999"}, "Dette må rettes"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_stored(
    developer: FlaskClient, db: Session, site: World, more: dict[str, str], said: str
):
    answer = developer.post(f"/needs/new?partner={site.partner.id}", data=typed(**more))
    assert answer.status_code == 422
    assert said in answer.text
    assert db.query(Need).count() == 1


def test_the_second_of_two_editors_keeps_the_text(developer: FlaskClient, db: Session, site: World):
    address = f"/needs/{site.need.id}/edit"
    seen = re.search(r'name="version" id="version" value="(\d+)"', developer.get(address).text)
    assert seen
    assert developer.post(address, data=typed(version=seen[1], title="Den andres")).status_code == 303
    refused = developer.post(address, data=typed(version=seen[1], title="Min"))
    assert refused.status_code == 422
    assert "Noen andre endret dette" in refused.text
    assert 'value="Min"' in refused.text
    assert "<dd>Den andres</dd>" in refused.text
    db.expire_all()
    assert queries.get_need(db, site.need.id).title == "Den andres"


def test_an_expired_need_can_still_be_corrected(developer: FlaskClient, db: Session, site: World):
    gone = clock.today() - timedelta(days=9)
    need = queries.get_need(db, site.need.id)
    need.valid_until = gone
    db.commit()
    data = typed(version=str(need.version), valid_until=gone.isoformat())
    assert developer.post(f"/needs/{site.need.id}/edit", data=data).status_code == 303
    page = developer.get(f"/needs/{site.need.id}").text
    assert "Fristen er ute" in page


def test_closing_can_be_undone_where_it_was_done(developer: FlaskClient, site: World):
    shown = developer.get(developer.post(f"/needs/{site.need.id}/close").location).text
    assert "Behovet er lukket" in shown
    assert f'action="/needs/{site.need.id}/reopen"' in shown
    assert "Reparasjon av rullestoler" not in developer.get("/needs/").text
    developer.post(f"/needs/{site.need.id}/reopen")
    assert "Reparasjon av rullestoler" in developer.get("/needs/").text


def searches(db: Session) -> list[MatchRun]:
    db.expire_all()
    return list(db.query(MatchRun).where(MatchRun.need_id.is_not(None)).order_by(MatchRun.id))


def test_a_new_need_asks_for_suggestions_and_its_page_waits_for_them(
    developer: FlaskClient, db: Session, site: World
):
    answer = developer.post(f"/needs/new?partner={site.partner.id}", data=typed())
    [search] = searches(db)
    assert (search.state, answer.location) == (RunState.WAITING, f"/needs/{search.need_id}")
    page = developer.get(answer.location).text
    assert "Vi finner forslag …" in page
    assert f'hx-get="/needs/{search.need_id}/suggestions"' in page
    assert "Last siden på nytt" in page


def test_the_page_is_told_only_when_the_search_is_over(reader: FlaskClient, db: Session, site: World):
    address, asked = f"/needs/{site.need.id}/suggestions", {"HX-Request": "true"}
    search = MatchRun(need_id=site.need.id, week="2026-W48", state=RunState.RUNNING, parameters={})
    db.add(search)
    db.commit()
    assert reader.get(address, headers=asked).status_code == 204
    search.state = RunState.DONE
    suggest(db, site)
    told = reader.get(address, headers=asked)
    assert told.status_code == 200
    assert "Utenom ukens plan" in told.text
    assert "hx-trigger" not in told.text
    assert "<html" not in told.text
    assert reader.get(address).location == f"/needs/{site.need.id}#suggestions"


def test_suggestions_of_the_week_are_not_marked(reader: FlaskClient, db: Session, site: World):
    suggest(db, site)
    assert "Utenom ukens plan" not in reader.get(f"/needs/{site.need.id}").text


def test_a_failed_search_says_why_and_may_be_asked_for_again(
    developer: FlaskClient, db: Session, site: World
):
    said = "Maskinen har ikke nok minne til å regne på så mange virksomheter."
    failed = MatchRun(
        need_id=site.need.id, week="2026-W48", state=RunState.FAILED, message=said, parameters={}
    )
    db.add(failed)
    db.commit()
    page = developer.get(f"/needs/{site.need.id}").text
    assert said in page
    assert "Finn forslag nå" in page
    assert developer.post(f"/needs/{site.need.id}/search").status_code == 303
    assert [search.state for search in searches(db)] == [RunState.FAILED, RunState.WAITING]


@pytest.mark.parametrize(
    ("change", "asked"),
    [({"text": TEXT + " Gjerne mange."}, 1), ({"segments": "beredskap"}, 1), ({"source": "Møte"}, 0)],
)
def test_only_a_change_of_what_is_asked_for_asks_anew(
    developer: FlaskClient, db: Session, site: World, change: dict[str, str], asked: int
):
    kept = {
        "title": site.need.title,
        "text": site.need.text,
        "segments": "helse",
        "version": str(site.need.version),
    }
    answer = developer.post(f"/needs/{site.need.id}/edit", data=typed(**kept | change))
    assert answer.status_code == 303
    assert len(searches(db)) == asked


def test_a_need_opened_again_asks_anew_and_a_closed_one_does_not(
    developer: FlaskClient, db: Session, site: World
):
    developer.post(f"/needs/{site.need.id}/close")
    assert searches(db) == []
    developer.post(f"/needs/{site.need.id}/search")
    assert searches(db) == []
    developer.post(f"/needs/{site.need.id}/reopen")
    assert len(searches(db)) == 1
