"""The pages of the round: its list, the answers, its progress, and the introductions that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import clock
from crm.companies import operations as companies
from crm.companies.drafts import CompanyDraft
from crm.jobs import queue
from crm.matches import operations
from crm.matches.drafts import SuggestionDraft
from crm.matches.models import Answer, Introduction, IntroductionState, MatchRun, RunState, Suggestion
from crm.matchmaker.planning.week_rules import TOO_FEW_PARTNERS
from crm.registry.models import Unit
from crm.web.matches import wording
from tests.world import World

HX = {"HX-Request": "true"}
TERMS = {
    "terms": [{"need": "rullestoler", "company": "rullestol"}, {"need": "reparere", "company": "reparere"}],
    "need_quote": "som kan reparere rullestoler raskt",
    "company_quote": "reparasjon av <b>rullestol</b>",
}
REASONS = [
    {"kind": "shared_terms", "contribution": 1.0, "values": TERMS},
    {
        "kind": "industry",
        "contribution": 0.5,
        "values": {"code": "32.500", "name": "Produksjon av medisinsk utstyr"},
    },
    {"kind": "segment", "contribution": 0.3, "values": {"segments": ["helse"]}},
    {"kind": "size", "contribution": 0.1, "values": {"employees": 12}},
]
AGAINST = {"kind": "far_away", "contribution": -0.4, "values": {"km": 140}}


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker was woken for."""
    seen: list[str] = []
    monkeypatch.setattr(queue, "wake", lambda _queue, kind: seen.append(kind.value))
    return seen


def run_round(db: Session, site: World, week: str = "", more: int = 0) -> MatchRun:
    """A finished round with both companies, and some more where a long list is wanted."""
    now = clock.now()
    extra = [
        companies.create_company(db, None, CompanyDraft(name=f"Firma {number:03d} AS"), now=now)
        for number in range(more)
    ]
    run = operations.request_run(db, week or clock.iso_week(now), actor_id=None, now=now)
    claim = operations.claim_run(db, run.id, now=now) or 0
    found = [
        SuggestionDraft(
            need_id=site.need.id,
            company_id=company.id,
            rank=place,
            score=1.0,
            probability=0.62,
            reasons=REASONS,
            against=AGAINST,
        )
        for place, company in enumerate([site.company, site.other, *extra], start=1)
    ]
    counts: dict[str, Any] = {"companies": 2, "needs": 1}
    operations.store_run(db, run.id, claim, found, counts=counts, now=now + timedelta(seconds=1))
    db.commit()
    db.expire_all()
    return run


@pytest.fixture
def suggestion(db: Session, site: World) -> Suggestion:
    """The suggestion of the wheelchair maker for the hospital."""
    run_round(db, site)
    return db.scalars(select(Suggestion).where(Suggestion.company_id == site.company.id)).one()


@pytest.fixture
def introduction(db: Session, developer: FlaskClient, suggestion: Suggestion) -> Introduction:
    developer.post(f"/matches/{suggestion.id}/answer", data={"answer": "yes"})
    return db.scalars(select(Introduction)).one()


def test_before_the_first_round_the_page_says_what_to_do(developer: FlaskClient):
    page = developer.get("/matches/").text
    assert "Ingen runde er kjørt ennå." in page
    assert "Kjør ukas runde" in page


def test_without_needs_the_page_leads_to_writing_one(developer: FlaskClient, db: Session, site: World):
    db.delete(site.need)
    db.commit()
    assert 'href="/needs/new' in developer.get("/matches/").text


def test_a_suggestion_tells_why_in_words_with_quotes_from_both_texts(
    developer: FlaskClient, suggestion: Suggestion
):
    page = developer.get("/matches/").text
    assert "Begge skriver om «rullestoler» ↔ «rullestol» og «reparere»." in page
    assert "<q>som kan reparere rullestoler raskt</q>" in page
    assert "<q>reparasjon av &lt;b&gt;rullestol&lt;/b&gt;</q>" in page
    assert "en bransje som passer behovet: Produksjon av medisinsk utstyr (32.500)." in page
    assert "Begge hører til satsingsområdet Helse." in page
    assert "12 ansatte." not in page  # three reasons are enough
    assert "<strong>Men:</strong> Virksomheten holder til langt unna: 140 km." in page
    assert "62\u00a0% sikkert" in page


@pytest.mark.parametrize("by", ["need", "company"])
def test_the_list_is_gathered_by_need_or_by_company(developer: FlaskClient, suggestion: Suggestion, by: str):
    page = developer.get(f"/matches/?by={by}").text
    assert page.count('<section class="group') == (1 if by == "need" else 2)
    assert page.count('<article class="suggestion') == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("segment=beredskap", "Viser 0 åpne forslag i Beredskap."),
        ("owner=me", "Viser 2 åpne forslag på dine virksomheter og dem ingen har ansvar for."),
        ("answered=answered", "Viser 0 besvarte forslag."),
        ("answered=all", "Viser 2 forslag."),
    ],
)
def test_the_filter_is_said_in_words(developer: FlaskClient, suggestion: Suggestion, query: str, said: str):
    page = developer.get(f"/matches/?{query}").text
    assert said in page
    assert ("Fjern filter" in page) == ("answered" not in query)


def test_the_filter_names_the_owner_and_the_need(developer: FlaskClient, site: World, suggestion: Suggestion):
    page = developer.get(f"/matches/?owner={site.developer.id}&need={site.need.id}").text
    assert "Viser 1 åpent forslag på virksomheter Dev Eksempel har ansvar for, " in page
    assert "til behovet «Reparasjon av rullestoler»." in page


@pytest.mark.parametrize(
    "query", ["by=sideways", "answered=maybe", "owner=you", "need=0", "page=x", "need=99999999999"]
)
def test_a_filter_that_cannot_be_is_refused(developer: FlaskClient, suggestion: Suggestion, query: str):
    assert developer.get(f"/matches/?{query}").status_code == 400


@pytest.mark.parametrize("by", ["need", "company"])
def test_the_list_asks_eight_questions_however_long_it_is(
    developer: FlaskClient, db: Session, site: World, statements: list[str], by: str
):
    run_round(db, site, more=60)
    statements.clear()
    page = developer.get(f"/matches/?by={by}").text
    assert page.count('<article class="suggestion') == 20
    assert len(statements) <= 8, statements


def test_a_reader_sees_suggestions_and_cannot_answer(
    reader: FlaskClient, db: Session, suggestion: Suggestion
):
    assert "<summary" not in reader.get("/matches/").text.split("<main", 1)[1]
    for act in ("answer", "withdraw"):
        assert reader.post(f"/matches/{suggestion.id}/{act}", data={"answer": "yes"}).status_code == 403
    assert reader.post("/matches/run").status_code == 403
    assert db.scalar(select(func.count(Introduction.id))) == 0


@pytest.mark.parametrize("path", ["/matches/", "/matches/introductions/", "/matches/run/2026-W48"])
def test_a_stranger_is_led_to_the_door(stranger: FlaskClient, path: str):
    assert stranger.get(path).location.startswith("/sign-in")


def test_a_yes_without_script_leads_back_to_the_page_it_stood_on(
    developer: FlaskClient, db: Session, suggestion: Suggestion
):
    answer = developer.post(
        f"/matches/{suggestion.id}/answer", data={"answer": "yes", "next": "/companies/1#suggestion-1"}
    )
    assert (answer.status_code, answer.location) == (303, "/companies/1#suggestion-1")
    opened = db.scalars(select(Introduction)).one()
    assert opened.suggestion_id == suggestion.id


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_an_answer_never_leads_to_another_site(developer: FlaskClient, suggestion: Suggestion, address: str):
    answer = developer.post(f"/matches/{suggestion.id}/answer", data={"answer": "yes", "next": address})
    assert answer.location == "/matches/"


def test_a_yes_swaps_the_card_for_the_way_to_the_introduction(developer: FlaskClient, suggestion: Suggestion):
    card = developer.post(
        f"/matches/{suggestion.id}/answer", data={"answer": "yes", "sides": "company"}, headers=HX
    )
    assert card.status_code == 200
    assert "<html" not in card.text
    assert "Dev Eksempel" in card.text
    assert "Angre" in card.text
    assert f'href="/matches/{suggestion.id}/introduction"' in card.text
    led = developer.get(f"/matches/{suggestion.id}/introduction")
    assert led.location.startswith("/matches/introductions/")


def test_a_no_keeps_why(developer: FlaskClient, db: Session, suggestion: Suggestion):
    card = developer.post(
        f"/matches/{suggestion.id}/answer",
        data={"answer": "no", "reason": "too_far", "added": "Fem timer å kjøre"},
        headers=HX,
    )
    db.refresh(suggestion)
    assert (suggestion.answer, suggestion.answer_reason) == (Answer.NO, "too_far: Fem timer å kjøre")
    assert "For langt unna. Fem timer å kjøre" in card.text


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"answer": "no"}, "Velg hvorfor forslaget ikke passer"),
        ({"answer": "no", "reason": "made_up"}, "Velg hvorfor forslaget ikke passer"),
        ({"answer": "no", "reason": "other", "added": "x" * 201}, "Hold teksten på under 200 tegn."),
        ({"answer": "not_now"}, "Velg en dag fram i tid"),
        ({"answer": "not_now", "until": "2020-01-01"}, "Velg en dag fram i tid"),
        ({"answer": "not_now", "until": "i sommer"}, "Skriv datoen som dag.måned.år"),
        ({"answer": "perhaps"}, "Svar ja, ikke nå eller nei."),
        ({}, "Svar ja, ikke nå eller nei."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "swap"])
def test_an_answer_that_cannot_be_is_refused_with_a_sentence(
    developer: FlaskClient,
    db: Session,
    suggestion: Suggestion,
    posted: dict[str, str],
    sentence: str,
    headers: dict[str, str],
):
    answer = developer.post(f"/matches/{suggestion.id}/answer", data=posted, headers=headers)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("<html" in answer.text) == (not headers)
    db.refresh(suggestion)
    assert suggestion.answer is None


def test_a_not_now_takes_a_day_written_the_norwegian_way(
    developer: FlaskClient, db: Session, suggestion: Suggestion
):
    day = clock.today() + timedelta(days=40)
    typed = f"{day.day}.{day.month}.{day.year}"
    developer.post(f"/matches/{suggestion.id}/answer", data={"answer": "not_now", "until": typed})
    db.refresh(suggestion)
    assert (suggestion.answer, suggestion.snoozed_until) == (Answer.NOT_NOW, day)


def test_an_answer_can_be_taken_back(developer: FlaskClient, db: Session, introduction: Introduction):
    suggestion = db.get_one(Suggestion, introduction.suggestion_id)
    card = developer.post(f"/matches/{suggestion.id}/withdraw", headers=HX)
    assert "Ikke nå" in card.text
    db.refresh(suggestion)
    assert suggestion.answer is None
    assert db.scalar(select(func.count(Introduction.id))) == 0


def test_an_answer_cannot_be_taken_back_once_both_have_agreed(
    developer: FlaskClient, db: Session, introduction: Introduction
):
    developer.post(f"/matches/introductions/{introduction.id}/move", data={"state": "agreed"})
    card = developer.post(f"/matches/{introduction.suggestion_id}/withdraw", headers=HX)
    assert card.status_code == 422
    assert "Koblingen er alt i gang. Avslutt den i stedet." in card.text


def test_answering_what_does_not_exist_is_not_found(developer: FlaskClient):
    assert developer.post("/matches/4711/answer", data={"answer": "yes"}).status_code == 404
    assert developer.get("/matches/4711/introduction").status_code == 404


def test_the_button_asks_for_the_round_once_and_wakes_the_worker(
    developer: FlaskClient, db: Session, woken: list[str]
):
    first = developer.post("/matches/run")
    assert (first.status_code, first.location) == (303, f"/matches/run/{clock.iso_week(clock.now())}")
    again = developer.post("/matches/run", headers=HX)
    assert "Venter på tur" in again.text
    assert 'hx-trigger="every 1s"' in again.text
    assert db.scalar(select(func.count(MatchRun.id))) == 1
    assert woken == ["round", "round"]


def test_progress_says_the_step_and_ends_with_the_way_to_the_list(
    developer: FlaskClient, db: Session, site: World
):
    now, week = clock.now(), clock.iso_week(clock.now())
    run = operations.request_run(db, week, actor_id=None, now=now)
    claim = operations.claim_run(db, run.id, now=now) or 0
    operations.tell_progress(db, run.id, claim, step="ranking", percent=55, now=now)
    db.commit()
    page = developer.get(f"/matches/run/{week}").text
    assert "Sammenlikner behov og virksomheter" in page
    assert 'value="55"' in page
    assert "Oppdater" in page
    operations.store_run(db, run.id, claim, [], counts={"companies": 2, "needs": 1}, now=now)
    db.commit()
    swap = developer.get(f"/matches/run/{week}", headers=HX).text
    assert "Ferdig: 0 forslag." in swap
    assert "every 1s" not in swap


def test_a_round_that_stopped_says_why_and_can_be_tried_again(
    developer: FlaskClient, db: Session, site: World
):
    now, week = clock.now(), clock.iso_week(clock.now())
    run = operations.request_run(db, week, actor_id=None, now=now)
    claim = operations.claim_run(db, run.id, now=now) or 0
    operations.fail_run(db, run.id, claim, "Disken er 100 % full.")
    db.commit()
    page = developer.get("/matches/").text
    assert "Disken er 100 % full." in page
    assert "Prøv igjen" in page
    developer.post("/matches/run")
    db.refresh(run)
    assert run.state is RunState.WAITING


def test_a_need_written_after_the_round_can_be_taken_along(
    developer: FlaskClient, db: Session, site: World, suggestion: Suggestion
):
    assert "Ta med nye behov" not in developer.get("/matches/").text
    site.need.created_at = clock.now() + timedelta(minutes=1)
    db.commit()
    assert "Ta med nye behov" in developer.get("/matches/").text


def test_a_week_nobody_asked_for_is_not_found(developer: FlaskClient):
    for week in ("2019-W01", "nonsense", "2026-W99"):
        assert developer.get(f"/matches/run/{week}").status_code == 404


def test_an_introduction_shows_names_alone_until_both_have_agreed(
    developer: FlaskClient, db: Session, introduction: Introduction
):
    address = f"/matches/introductions/{introduction.id}"
    page = developer.get(address).text
    assert "Kari Eksempel" in page
    assert "22 00 00 00" not in page
    assert developer.post(f"{address}/move", data={"state": "agreed"}).location == address
    page = developer.get(address).text
    assert "22 00 00 00" in page
    assert "E-post til begge" in page


@pytest.mark.parametrize("shown", [True, False])
def test_the_mail_to_the_company_has_the_need_only_where_it_may_be_shown(
    developer: FlaskClient, db: Session, site: World, introduction: Introduction, *, shown: bool
):
    site.need.shown_to_companies = shown
    db.commit()
    page = developer.get(f"/matches/introductions/{introduction.id}").text
    mail = page.split('id="mail-company"', 1)[1].split("</section>", 1)[0]
    assert "Sykehuset" in mail
    for text in (site.need.title, site.need.text):
        assert (text in mail) == shown
        assert (text in unquote(mail)) == shown
    assert ("noen som kan bidra innen helse" in mail) == (not shown)


def test_a_company_that_writes_nynorsk_gets_its_mail_in_nynorsk(
    developer: FlaskClient, db: Session, site: World, introduction: Introduction
):
    unit = Unit(
        orgnr=site.company.orgnr,
        name="RULLESTOLVERKSTEDET AS",
        name_key="rullestolverkstedet as",
        form="AS",
        form_name="Aksjeselskap",
        language_form="Nynorsk",
        digest=b"0" * 16,
        source="test",
        seen_at=clock.now(),
        purpose="",
        activity="",
    )
    db.add(unit)
    db.commit()
    page = developer.get(f"/matches/introductions/{introduction.id}").text
    assert "Vi trur Rullestolverkstedet AS kan passe." in page
    assert "Vi tror Rullestolverkstedet AS kan hjelpe med behovet" in page


def test_a_long_mail_link_leaves_the_text_to_be_copied(
    developer: FlaskClient, db: Session, site: World, introduction: Introduction
):
    site.need.shown_to_companies, site.need.text = True, "Vi trenger hjelp. " * 200
    db.commit()
    assert "Kopier den inn i e-posten." in developer.get(f"/matches/introductions/{introduction.id}").text


def test_a_meeting_keeps_what_came_of_it_and_a_refusal_says_why(
    developer: FlaskClient, db: Session, introduction: Introduction
):
    move = f"/matches/introductions/{introduction.id}/move"
    developer.post(move, data={"state": "agreed"})
    developer.post(move, data={"state": "met", "outcome": "Avtalte en prøve"})
    db.refresh(introduction)
    assert (introduction.state, introduction.outcome) == (IntroductionState.MET, "Avtalte en prøve")
    refused = developer.post(move, data={"state": "declined"})
    assert refused.status_code == 422
    assert "Skriv kort hvorfor det ikke ble noe" in refused.text


@pytest.mark.parametrize("state", ["met", "nonsense", ""])
def test_a_step_that_cannot_follow_is_refused(
    developer: FlaskClient, db: Session, introduction: Introduction, state: str
):
    move = f"/matches/introductions/{introduction.id}/move"
    assert developer.post(move, data={"state": state}).status_code == 422
    db.refresh(introduction)
    assert introduction.state is IntroductionState.PROPOSED


def test_a_reader_sees_an_introduction_and_cannot_move_it(
    reader: FlaskClient, db: Session, introduction: Introduction
):
    address = f"/matches/introductions/{introduction.id}"
    assert reader.get(address).status_code == 200
    assert reader.post(f"{address}/move", data={"state": "agreed"}).status_code == 403


def test_the_list_of_introductions_is_narrowed_by_how_far_and_by_whose(
    developer: FlaskClient, reader: FlaskClient, introduction: Introduction
):
    assert "1 kobling, i gang, opprettet av deg." in " ".join(
        developer.get("/matches/introductions/?state=ongoing&owner=me").text.split()
    )
    assert "Ingen koblinger passer." in reader.get("/matches/introductions/?owner=me").text
    assert "Ingen koblinger passer." in developer.get("/matches/introductions/?state=met").text
    assert developer.get("/matches/introductions/?state=nonsense").status_code == 400
    assert developer.get("/matches/introductions/?owner=5").status_code == 400


def test_the_list_of_introductions_asks_few_questions(
    developer: FlaskClient, introduction: Introduction, statements: list[str]
):
    statements.clear()
    developer.get("/matches/introductions/")
    assert len(statements) <= 8


def test_a_reason_nobody_foresaw_is_still_a_sentence(app: Flask, suggestion: Suggestion):
    suggestion.reasons = [{"kind": "unheard_of"}, {}, {"kind": "shared_terms", "values": {}}]
    suggestion.against = {}
    with app.test_request_context():
        told = wording.reasons_for(suggestion)
        assert [one.text for one in told] == ["Virksomheten ligner på det behovet beskriver."] * 3
        assert wording.reason_against(suggestion) is None


def test_a_rule_of_the_week_that_gave_way_is_told_above_the_suggestions(
    developer: FlaskClient, db: Session, site: World
):
    run = run_round(db, site)
    assert TOO_FEW_PARTNERS not in developer.get("/matches/").text
    run.parameters = {"relaxed": [TOO_FEW_PARTNERS]}
    db.commit()
    assert TOO_FEW_PARTNERS in developer.get("/matches/").text
