"""Nynorsk and English are complete: a sentence that is missing in one of them fails the build."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = dict.fromkeys(("_", "gettext", "lazy_gettext", "_l", "ngettext"), None) | dict.fromkeys(
    ("InvalidInput", "Conflict", "NotFound", "NotAllowed", "UpstreamError", "said"), (1,)
)
KEYWORDS |= {"_heading": (2,), "ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """Every sentence in the code and the pages."""
    found: set[str] = set()
    for folder in ("crm", "templates"):
        options = {"**.html": {"trimmed": "true"}}
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), METHODS, options, keywords=KEYWORDS, directory_filter=lambda _folder: True
        ):
            found.add(message[0] if isinstance(message, tuple) else message)
    return {sentence for sentence in found if sentence}


@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_sentence_is_translated(sentences: set[str], language: str):
    path = ROOT / "crm" / "web" / "translations" / language / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(path.read_bytes()), locale=language)
    translated = {
        entry.id if isinstance(entry.id, str) else entry.id[0]: entry
        for entry in catalogue
        if entry.id and entry.string and not entry.fuzzy
    }
    assert sorted(sentences - set(translated)) == []


@pytest.mark.parametrize("language", ["nn", "en"])
def test_a_translation_has_the_same_places_to_fill_in(language: str):
    path = ROOT / "crm" / "web" / "translations" / language / "LC_MESSAGES" / "messages.po"
    for entry in read_po(BytesIO(path.read_bytes()), locale=language):
        if entry.id and isinstance(entry.id, str):
            assert set(PLACES.findall(entry.id)) == set(PLACES.findall(str(entry.string))), entry.id
