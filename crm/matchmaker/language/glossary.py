"""English and nynorsk words in bokmål, the language most companies write in: a list of our own."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

import snowballstemmer

from crm.matchmaker.language.norwegian import stem

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = snowballstemmer.stemmer("english")
# Small words that only one of the languages has; a text is in English where it has more of those.
_OF_ENGLISH = frozenset(
    ["the", "and", "of", "to", "we", "a", "an", "in", "with", "who", "our", "is", "are", "from", "that", "by"]
)
_OF_NORWEGIAN = frozenset(
    [
        "og",
        "av",
        "til",
        "vi",
        "en",
        "et",
        "ei",
        "eit",
        "i",
        "med",
        "som",
        "er",
        "på",
        "å",
        "fra",
        "ved",
        "den",
    ]
)


def in_bokmal(text: str, *, english: bool) -> str:
    """Bokmål for the words of a text the list holds; nothing for those it does not.

    Examples
    --------
    >>> in_bokmal("carpenters, painter", english=True), in_bokmal("Drosje og frukost", english=False)
    ('snekker tømrer maler', 'taxi frokost')
    """
    found = [word.lower() for word in _WORD.findall(text)]
    told = (_english().get(_of_english(word)) if english else _nynorsk().get(stem(word)) for word in found)
    return " ".join(dict.fromkeys(word for words in told if words for word in words.split()))


def is_english(text: str) -> bool:
    """Whether a text is in English rather than Norwegian, by its small words."""
    found = [word.lower() for word in _WORD.findall(text)]
    return sum(word in _OF_ENGLISH for word in found) > sum(word in _OF_NORWEGIAN for word in found)


def _of_english(word: str) -> str:
    return str(_ENGLISH.stemWord(word))


@cache
def _english() -> dict[str, str]:
    return _by_stem([(_of_english(word), told) for word, told in _listed("en")])


@cache
def _nynorsk() -> dict[str, str]:
    return _by_stem([(stem(word), told) for word, told in _listed("nn")])


def _by_stem(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Bokmål by stem; words that share a stem share what is told of them."""
    told: dict[str, str] = {}
    for known, words in pairs:
        told[known] = f"{told[known]} {words}" if known in told else words
    return told


def _listed(language: str) -> list[tuple[str, str]]:
    with (files("crm.matchmaker.language") / "glossary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [(row["word"], row["bokmål"]) for row in rows if row["language"] == language]
