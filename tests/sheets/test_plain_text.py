"""Text stays text, and comes back as it was."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sheets.plain_text import cell_text, guarded, unguarded

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\u2060\u200d=1",
    "\u202e=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff20SUM(1)",
    "\ufe66x",
    "\x00=1",
    "\x0b=1",
    "=cmd|'/c calc'!A0",
    "+cmd|'/c calc'!A0",
    '=HYPERLINK("http://x","y")',
    '=WEBSERVICE("http://x")',
    "'=1+1",
    "''=1+1",
    "\u0301=1",
]
MISREAD = [
    "007", "0151", "02800", "12345678901234567890", "1234 5678 9012 3456 7890", "1E5", "1.5e-3", "TRUE",
    "sann", "3-4", "1/2", "1 1/2", "12:30", "3.4.2026", "31.12.2026 14.05", "1 mai", "mai 2026", "jan-26",
    "(5)", "+4722334455",
]  # fmt: skip
HARMLESS = [
    "", "Fjellvind AS", "'s-Hertogenbosch", "a=b", "12345", "a\tb", "Norsk-svensk", "e-post: a@b.no", "?",
    "#1", "12 stk", "Mai-Britt Solberg", "3-4 ganger i uka", "24/7-vakt", "1. mars gikk vi",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", MISREAD)
def test_what_a_spreadsheet_would_change_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("text", HOSTILE + MISREAD + HARMLESS)
def test_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.text() | st.text(alphabet="'=+-@ 0189e./\t\u200b\uff1dx"))
def test_any_text_is_inert_and_comes_back(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    seen = [c for c in safe if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"}]
    assert not seen or unicodedata.normalize("NFKC", seen[0])[0] not in "=+-@"


def test_control_characters_become_visible_and_are_told() -> None:
    assert cell_text("a\x0bb\x00") == ("a␋b␀", True)
    assert cell_text("a\ud800\ufffe") == ("a\ufffd\ufffd", True)


def test_line_breaks_and_tabs_are_kept_as_one_sign() -> None:
    assert cell_text("a\r\nb\rc\nd\te") == ("a\nb\nc\nd\te", False)


def test_text_longer_than_a_cell_ends_in_an_ellipsis() -> None:
    cut, changed = cell_text("x" * 40_000)
    assert (len(cut), cut[-1], changed) == (32_767, "…", True)


@pytest.mark.parametrize("pump", ["1", "0 ", "1-", "jan1", "1e", "'", "(1", " ", "\u200b"])
def test_long_text_is_looked_at_quickly(pump: str) -> None:
    text = pump * 100_000 + "!"
    start = time.perf_counter()
    guarded(text)
    assert time.perf_counter() - start < 0.25
