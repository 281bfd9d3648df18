"""The PDF has title, language, outline and embedded letters, æ, ø and å among them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from crm.reporting.documents import Bar, Bars, Document, Figure, Paragraphs, Table
from crm.reporting.pdf import FONT, write_pdf
from tests.reporting.conftest import at

TABLE = Table("Tall", ("Hva", "2026", "2025"), (("Møter", "1", "−2"), ("I alt", "1", "0")), "Merk.", "I alt")


def report(*more: Table) -> Document:
    return Document(
        title="Styrerapport 2026",
        about="1. januar - 25. november",
        language="nb",
        figures=tuple(Figure(name, "1 234", "0 i 2025") for name in ("Møter", "Besøk", "Ærlige svar")),
        parts=(
            Paragraphs("Kort fortalt", ("Vi følger 30 virksomheter i Ålesund og Tromsø.",)),
            Bars("Steg", (Bar("Møte", 3), Bar("Tapt", 0)), "Møte 3"),
            *more,
        ),
        foot="Laget i dag.",
    )


@pytest.fixture
def ours() -> PdfReader:
    if not FONT.is_file():
        pytest.skip("the font is made by make assets")
    return PdfReader(BytesIO(write_pdf(report(TABLE), made_at=at(2026))))


@pytest.fixture
def bare() -> PdfReader:
    """As drawn before set-up, when there is no font of ours: Helvetica knows Norwegian letters."""
    return PdfReader(BytesIO(write_pdf(report(), made_at=at(2026), font=Path("no-such-font.woff2"))))


@pytest.mark.parametrize("which", ["ours", "bare"])
def test_it_tells_title_and_language_and_can_be_searched(request: pytest.FixtureRequest, which: str):
    read: PdfReader = request.getfixturevalue(which)
    assert read.metadata
    assert read.metadata.title == "Styrerapport 2026"
    assert read.root_object["/Lang"] == "nb-NO"
    assert read.root_object["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    text = read.pages[0].extract_text()
    for word in ("Ålesund og Tromsø", "Ærlige svar", "Laget i dag."):
        assert word in text


def test_every_part_stands_in_the_outline(ours: PdfReader):
    titles = str(ours.outline)
    for heading in ("Styrerapport 2026", "Kort fortalt", "Steg", "Tall"):
        assert heading in titles


def test_our_font_is_inside(ours: PdfReader):
    fonts = [font.get_object() for font in ours.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Inter" in str(font["/BaseFont"]) for font in fonts)


def test_a_long_report_goes_on_to_a_new_page():
    rows = tuple((f"Rad {number}", "1", "0") for number in range(120))
    content = write_pdf(report(Table("Lang", ("Hva", "2026", "2025"), rows)), made_at=at(2026))
    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) > 2
    assert "Rad 119" in pages[-1].extract_text()
