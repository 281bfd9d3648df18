"""The page that tells how suggestions fared."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import clock
from crm.matches.models import Answer, Suggestion
from tests.web.test_matches import run_round
from tests.world import World

PAGE = "/matches/accuracy"
YES, LATER, NO = Answer.YES, Answer.NOT_NOW, Answer.NO


def answer_all(db: Session, site: World, answers: list[Answer]) -> None:
    """A round with room enough, and its first suggestions answered."""
    run_round(db, site, more=len(answers))
    chosen = db.scalars(select(Suggestion).order_by(Suggestion.rank).limit(len(answers))).all()
    for suggestion, answer in zip(chosen, answers, strict=True):
        suggestion.answer, suggestion.answered_at = answer, clock.now()
        suggestion.answer_reason = "too_far: for langt" if answer is NO else ""
    db.commit()


def test_a_stranger_is_led_to_sign_in(stranger: FlaskClient):
    assert stranger.get(PAGE).location.startswith("/sign-in")


def test_a_reader_may_see_it(reader: FlaskClient):
    assert reader.get(PAGE).status_code == 200


def test_before_any_suggestion_it_says_what_it_will_show(developer: FlaskClient):
    page = developer.get(PAGE).text
    assert "Når dere svarer på forslag, viser siden hvor ofte svaret ble ja" in page
    assert "Se forslagene" in page
    assert "<table" not in page


def test_it_tells_the_share_of_yes_with_what_it_lies_between(
    developer: FlaskClient, db: Session, site: World
):
    answer_all(db, site, [YES] * 3 + [NO] * 4 + [LATER])
    page = developer.get(PAGE).text
    share = "43\u00a0%, trolig mellom 16 og 75\u00a0%"
    assert f"Av 7 forslag som fikk ja eller nei, var 3 ja ({share})." in page
    assert "43\u00a0% (16–75\u00a0%)" in page
    assert f'href="/partners/{site.partner.id}"' in page
    assert "For langt unna: 4 ganger" in page
    assert "for få svar ennå" in page  # one large firm


def test_few_answers_give_no_percentage(developer: FlaskClient, db: Session, site: World):
    answer_all(db, site, [YES, YES, NO, NO, LATER])
    page = developer.get(PAGE).text
    assert "for få svar ennå" in page
    assert "\u00a0%" not in page


def test_the_chosen_are_compared_with_those_drawn_by_lot(developer: FlaskClient, db: Session, site: World):
    answer_all(db, site, [YES] * 6 + [NO] * 6)
    assert "Ingen par i perioden er trukket ved lodd." in developer.get(PAGE).text
    drawn = select(Suggestion).where(Suggestion.answer == NO).order_by(Suggestion.rank)
    for suggestion in db.scalars(drawn.limit(5)):
        suggestion.control = True
    db.commit()
    page = developer.get(PAGE).text
    assert "6 av 7 (86\u00a0%)" in page
    assert "0 av 5 (0\u00a0%)" in page
    assert "+86 prosentpoeng (+29 til +97)" in page
    assert "modellen er bedre" in page


def test_no_page_tells_which_pair_was_drawn(developer: FlaskClient, db: Session, site: World):
    run_round(db, site)
    address = f"/needs/{site.need.id}"
    before = [developer.get(page).text for page in ("/matches/", address, f"/companies/{site.company.id}")]
    for suggestion in db.scalars(select(Suggestion)):
        suggestion.control = True
    db.commit()
    after = [developer.get(page).text for page in ("/matches/", address, f"/companies/{site.company.id}")]
    assert [_plain(page) for page in before] == [_plain(page) for page in after]


def _plain(page: str) -> str:
    """A page without what differs from one showing to the next, and with nothing that tells of a lot."""
    assert "lodd" not in page.lower().split("<main")[1]
    return re.sub(r'value="[\w.-]{20,}"', "", page)


def test_the_model_in_use_is_told_in_plain_words_with_the_one_before(
    developer: FlaskClient, db: Session, site: World
):
    weights = {"text": 2.0, "industry": 6.0, "history": 0.8}
    before = run_round(db, site, week=clock.iso_week(clock.now() - timedelta(weeks=1)))
    run = run_round(db, site)
    model = {f"{name}_weight": weight for name, weight in weights.items()}
    few = {"weights": weights, "verdicts": 3, "yes": 1, "why": "too_few"}
    moved = few | {"weights": weights | {"text": 2.25}, "verdicts": 42, "yes": 20, "why": "admitted"}
    losses = {"log_loss_prior": 0.69, "log_loss_learned": 0.6}
    before.parameters = {"model": model, "learned": few}
    run.parameters = {"model": model, "learned": moved | losses}
    db.commit()
    page = developer.get(PAGE).text
    assert "Det finnes 42 svar å lære av, 20 av dem ja. Vektene har flyttet seg etter svarene." in page
    assert "riktig svar fikk 50\u00a0% sikkerhet før læring og 55\u00a0% etter" in page
    assert "2,25" in page
    assert "Det finnes 3 svar å lære av" in page


@pytest.mark.parametrize(("asked", "weeks"), [("4", 4), ("52", 52), ("", 12), ("7", 12), ("mange", 12)])
def test_the_period_is_one_of_three(developer: FlaskClient, asked: str, weeks: int):
    page = developer.get(f"{PAGE}?weeks={asked}").text
    assert f'href="{PAGE}?weeks={weeks}" aria-current="page"' in page


def test_rounds_before_the_period_are_left_out(developer: FlaskClient, db: Session, site: World):
    run_round(db, site, week="2020-W10")
    assert "Ingen forslag i perioden." in developer.get(f"{PAGE}?weeks=52").text


def test_the_suggestions_lead_to_it(developer: FlaskClient, db: Session, site: World):
    run_round(db, site)
    assert f'href="{PAGE}"' in developer.get("/matches/").text


def test_it_asks_few_questions(developer: FlaskClient, db: Session, site: World, statements: list[str]):
    answer_all(db, site, [YES] * 3 + [NO] * 4)
    statements.clear()
    assert developer.get(PAGE).status_code == 200
    assert len(statements) <= 11, statements
