"""Who may open what: every route declares it, and strangers are led to the door."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_a_stranger_is_led_to_sign_in_and_back_again(stranger: FlaskClient):
    answer = stranger.get("/users/?x=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/users/?x%3D1"


def test_the_front_page_leads_a_stranger_to_sign_in(stranger: FlaskClient):
    assert stranger.get("/").location.startswith("/sign-in")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_developer_may_not_manage_users(developer: FlaskClient, method: str):
    assert getattr(developer, method)("/users/").status_code == 403


def test_health_answers_anybody(stranger: FlaskClient):
    answer = stranger.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "sqlite", "reads": True, "writes": True}


def test_an_error_after_an_undone_act_still_names_who_is_signed_in(developer: FlaskClient):
    answer = developer.post("/changes/", data={"change": ""})
    assert answer.status_code == 422
    assert "Dev Eksempel" in answer.text
