"""Text that stays text in a spreadsheet: no formula, no lost zero, no date that was a ratio.

A spreadsheet that opens CSV guesses. What it would run or change gets an apostrophe in front, which it
shows but does not act on; :func:`unguarded` takes the apostrophe off again, so nothing is lost on the way
round. In XLSX the cell says itself that it is text and no apostrophe is needed.
"""

from __future__ import annotations

import re
import unicodedata

GUARD = "'"
LONGEST_CELL = 32_767
_LOOKED_AT = 60
_LONGEST_WORD = 5
_TRIGGERS = frozenset("=+-@")
# What a spreadsheet takes for another thing than the characters say: leading zeros, powers of ten, more
# digits than a number holds, ratios, dates and times, sums in brackets, the words for true and false.
_MISREAD = re.compile(
    r"""
    0[\d\s]+ | \d[\d\s]{15,} | \d+([.,]\d+)?\s*e\s*[+-]?\d+
    | (\d+\s+)?\d{1,4}\s*[-/.:]\s*\d{1,4}(\s*[-/.:]\s*\d{1,4})?(\s+[\d:.]+(\s*[ap]m)?)?
    | \([\d\s.,]+\)
    | \d{1,2}\.?[\s-]*(jan|feb|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec)\w*\.?([\s-]*\d+)?
    | (jan|feb|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|des|dec)\w*\.?[\s-]*\d+
    | true | false | sann | usann
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VISIBLE_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_VISIBLE_CONTROLS |= {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}


def cell_text(text: str) -> tuple[str, bool]:
    """The text with line breaks as one sign and what no file can hold made visible; and whether any was.

    Examples
    --------
    >>> cell_text("a" + chr(11) + "b")
    ('a␋b', True)
    """
    if len(text) <= LONGEST_CELL and text.isprintable():
        return text, False
    broken = text.replace("\r\n", "\n").replace("\r", "\n")
    visible = broken.translate(_VISIBLE_CONTROLS)
    whole = visible if visible.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", visible)
    cut = whole if len(whole) <= LONGEST_CELL else whole[: LONGEST_CELL - 1] + "…"
    return cut, cut != broken


def guarded(text: str) -> str:
    """Text as it stands in a CSV cell, with an apostrophe in front where a spreadsheet would act on it."""
    return GUARD + text if _needs_guard(text) else text


def unguarded(text: str) -> str:
    """Text as it was before :func:`guarded`; other text is given back as it is.

    Examples
    --------
    >>> unguarded(guarded("=1+1")), unguarded("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    rest = text[1:]
    return rest if text.startswith(GUARD) and _needs_guard(rest) else text


def _needs_guard(text: str) -> bool:
    """Whether a spreadsheet would act on the text, or take it for text guarded by us."""
    if text[:1].isalpha() and not _may_be_a_word_for_something(text):
        return False
    bare = text.lstrip(GUARD)
    return _first_sign(bare) in _TRIGGERS or _MISREAD.fullmatch(bare.strip()[:_LOOKED_AT]) is not None


def _may_be_a_word_for_something(text: str) -> bool:
    """Whether text that begins with a letter could be a day, or a word for true or false."""
    seen = text.strip()[:_LOOKED_AT]
    return len(seen) <= _LONGEST_WORD or seen[-1:].isdigit()


def _first_sign(text: str) -> str:
    """The first sign a reader sees, full-width and other compatible forms counted as the plain one."""
    for char in text:
        if not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf", "Mn", "Me"}:
            return unicodedata.normalize("NFKC", char)[:1]
    return ""
