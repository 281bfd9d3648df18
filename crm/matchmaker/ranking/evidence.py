"""The words a need and a company share, as each of them wrote it, with a quote around the strongest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from operator import eq
from typing import NamedTuple

from crm.matchmaker.language.norwegian import ENDINGS, Word, stem, words
from crm.matchmaker.language.words import WordTfidf

_AROUND = 45
_OPENING = 6
_VISIBLE = 4
_MOST_TERMS = 4
# Words that share an opening alone are kin where so much of the longer one is shared.
_KIN = 0.65
# What tells less than this share of the strongest is not worth a reader's time.
_WORTH = 0.3
# What a noun, an adjective or a verb may end on without being another word.
_INFLECTIONS = re.compile(
    r"(an?|ane|anes|ar|as|de|e|ede|en|ene|enes|ens|er|ere|ers|es|est|este|et|ets|ne?|re?|s|te?)?"
)


class SharedTerm(NamedTuple):
    """How much a shared term tells, and the word that carries it on either side."""

    weight: float
    need: Word
    company: Word


def shared_terms(need: str, company: str, *, signal: WordTfidf) -> list[SharedTerm]:
    """The strongest shared terms, each word at most once on either side."""
    theirs: dict[str, list[Word]] = {}
    for word in _distinct(company):
        for term in _terms(word, signal):
            theirs.setdefault(term, []).append(word)
    found = [
        SharedTerm(_weight(term, ours, word, signal=signal), ours, word)
        for ours in _distinct(need)
        for term in _terms(ours, signal)
        for word in theirs.get(term, ())
        if _is_telling(term, ours, word)
    ]
    found.sort(key=lambda shared: (-shared.weight, shared.need.start, shared.company.start))
    worth = [shared for shared in found if shared.weight >= _WORTH * found[0].weight]
    return _first_of_each_word(worth)


def _distinct(text: str) -> list[Word]:
    """Each word of a text where it stands first."""
    firsts: dict[str, Word] = {}
    for word in words(text):
        firsts.setdefault(word.written.lower(), word)
    return list(firsts.values())


def _terms(word: Word, signal: WordTfidf) -> list[str]:
    """The terms of a word, and its opening letters, which catch «fysioterapeut» beside «fysioterapi»."""
    plain = word.written.lower()
    opening = [f"{plain[:_OPENING]}-"] if len(plain) > _OPENING else []
    return [*dict.fromkeys(signal.terms(plain)), *opening]


def _is_telling(term: str, need: Word, company: Word) -> bool:
    """Whether a reader sees the kinship: «vakthold» and «vedlikehold» share but their last part."""
    ours, theirs = need.written.lower(), company.written.lower()
    if term.endswith("-"):
        return _kin(ours, theirs)
    stems = stem(ours), stem(theirs)
    if stems == (term, term):
        return len(term) >= _VISIBLE or _inflected(ours, theirs)
    if any(ends in ENDINGS for word in (ours, theirs) if stem(word) != term for ends in _rest(word, term)):
        return False
    both_open = all(word.startswith(term[:_VISIBLE]) for word in (ours, theirs)) and len(term) >= _VISIBLE
    return both_open or term in stems


def _kin(ours: str, theirs: str) -> bool:
    """Whether most of the longer word is shared, or it opens with the other: «kommune», «kommunikasjon»."""
    shared, shorter = _shared_opening(ours, theirs), min(stem(ours), stem(theirs), key=len)
    opens = len(shorter) > _OPENING and shared >= len(shorter)
    return opens or shared >= _KIN * max(len(ours), len(theirs))


def _shared_opening(ours: str, theirs: str) -> int:
    return sum(takewhile(bool, map(eq, ours, theirs)))


def _inflected(ours: str, theirs: str) -> bool:
    """Whether words of a short stem are forms of one: «hus» and «husene», but not «vaner» and «vanlige»."""
    shared = _shared_opening(ours, theirs)
    return all(_INFLECTIONS.fullmatch(word[shared:]) for word in (ours, theirs))


def _rest(word: str, part: str) -> list[str]:
    """What is left of a compound that opens with a part; «lig» of «vanlige» ends a word and is none."""
    return [word[len(part) :], stem(word[len(part) :])] if word.startswith(part) else []


def _weight(term: str, need: Word, company: Word, *, signal: WordTfidf) -> float:
    """The IDF of a term; half as much where the words share but a part or an opening."""
    told = signal.weight(term) or signal.weight(stem(need.written))
    return told if stem(need.written) == stem(company.written) else told / 2


def _first_of_each_word(found: Iterable[SharedTerm]) -> list[SharedTerm]:
    kept: list[SharedTerm] = []
    for shared in found:
        need, company = shared.need.written.lower(), shared.company.written.lower()
        if all(need != k.need.written.lower() and company != k.company.written.lower() for k in kept):
            kept.append(shared)
        if len(kept) == _MOST_TERMS:
            break
    return kept


def quote(text: str, word: Word) -> str:
    """A short run of the line around a word, verbatim, cut between words."""
    opens, closes = text.rfind("\n", 0, word.start) + 1, text.find("\n", word.end)
    closes = len(text) if closes < 0 else closes
    start, end = max(word.start - _AROUND, opens), min(word.end + _AROUND, closes)
    if start > opens:
        gap = text.find(" ", start, word.start)
        start = word.start if gap < 0 else gap
    if end < closes:
        gap = text.rfind(" ", word.end, end)
        end = word.end if gap < 0 else gap
    return text[start:end].strip()
