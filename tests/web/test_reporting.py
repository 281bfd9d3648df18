"""The board report as a page and as a PDF."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm import clock
from tests.world import World


def test_the_page_tells_the_year_and_leads_to_the_pdf(reader: FlaskClient, site: World):
    page = reader.get("/reporting/").text
    assert f"Styrerapport {clock.today().year}" in page
    assert "Virksomheter vi følger: 1." in page
    assert f"/reporting/board.pdf?year={clock.today().year}" in page


def test_a_number_leads_to_the_companies_behind_it(reader: FlaskClient, site: World):
    page = reader.get("/reporting/").text
    for filter_ in ("stage=identified", "segment=helse"):
        assert f'href="/companies/?{filter_}"' in page
        assert "Rullestolverkstedet AS" in reader.get(f"/companies/?{filter_}").text
    assert "/companies/?stage=" not in reader.get(f"/reporting/?year={clock.today().year - 1}").text


def test_the_pdf_is_handed_over_as_a_file(reader: FlaskClient, site: World):
    with reader.get("/reporting/board.pdf") as answer:
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=styrerapport-")


def test_it_is_written_in_the_readers_language(developer: FlaskClient, site: World):
    developer.post("/me/language", data={"language": "en"})
    assert "Board report" in developer.get("/reporting/").text


@pytest.mark.parametrize("year", ["1999", "2999", "x", "-1", "99999999999999999999"])
def test_a_year_that_is_none_is_refused(reader: FlaskClient, year: str):
    assert reader.get(f"/reporting/?year={year}").status_code == 400
    assert reader.get(f"/reporting/board.pdf?year={year}").status_code == 400


def test_the_page_costs_the_same_however_much_was_logged(
    reader: FlaskClient, site: World, statements: list[str]
):
    reader.get("/reporting/")
    assert len(statements) <= 100
