"""What one person is called in running text: name in any order and spelling, e-mail, phone in any form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import phonenumbers

from crm.spelling import bare_number, fold

# How a compared letter may be written; {, | and } stand for æ, ø and å in the keys we sort by.
_WRITTEN = {
    "aa": "(?:aa|å|a|})",
    "ae": "(?:ae|æ|ä|{)",
    "oe": r"(?:oe|ø|ö|o|\|)",
    "a": "[aàáâ]",
    "e": "[eéèêë]",
    "i": "[iíï]",
    "o": "[oóòô]",
    "u": "[uúüù]",
    "y": "[yý]",
    "c": "[cčç]",
    "d": "[dđð]",
    "n": "[nñŋ]",
    "s": "[sš]",
    "t": "[tŧ]",
    "z": "[zž]",
}
_CAPITALS = {"aa": "Å", "ae": "Æ", "oe": "Ø"}
_LETTERS = re.compile("aa|ae|oe|.")
_UNSEEN = "[\u0300-\u036f\u00ad\u200b]*"
_GAP = r"[\s\u00a0._+-]+"
_BETWEEN_DIGITS = r"[\s\u00a0.()/\u2010-\u2015-]*"
_INITIAL = r"(?-i:[A-ZÆØÅ])\.?"
_UNKNOWN = r"(?-i:[A-ZÆØÅ])[\w'-]+"


@dataclass(frozen=True)
class Likeness:
    """One person as they may be named; ``contact_id`` where they are among our contact persons."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    contact_id: int | None = None

    def spans(self, text: str, *, near: bool = False) -> list[tuple[int, int]]:
        """Where in a text the person is named, in order, none over another.

        ``near`` is a text known to be about the person: there one part of the name is enough.
        """
        rule = self._near if near else self._anywhere
        return [] if rule is None else [found.span() for found in rule.finditer(text)]

    def is_in(self, text: str, *, near: bool = False) -> bool:
        rule = self._near if near else self._anywhere
        return rule is not None and rule.search(text) is not None

    def masked(self, text: str, token: str, *, near: bool = False) -> str:
        """A text with the person's name, e-mail and phone replaced by a token."""
        rule = self._near if near else self._anywhere
        return text if rule is None else rule.sub(lambda _found: token, text)

    def traces(self) -> list[str]:
        """Patterns for LIKE on small letters that every text naming the person fits; many others do too."""
        lasts = [re.split(r"[\s,-]+", name.strip())[-1] for name in self.names if name.strip()]
        found = [_trace(text) for text in (*lasts, *self.emails)]
        return [pattern for pattern in dict.fromkeys(found) if pattern != "%"]

    def digits(self) -> list[str]:
        """The national digits of each phone number, to be looked for where spaces and dots are taken out."""
        return [bare_number(phone) for phone in self.phones]

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        return self._compiled(self._called())

    @cached_property
    def _near(self) -> re.Pattern[str] | None:
        parts = [_spelled(word) for name in self.names for word in _words(name) if len(word) > 1]
        return self._compiled([*self._called(), *(f"{part}s?" for part in parts)])

    def _called(self) -> Iterator[str]:
        yield from (re.escape(email) for email in self.emails)
        for name in self.names:
            yield from _forms(_words(name))

    def _compiled(self, called: Iterable[str]) -> re.Pattern[str] | None:
        words, numbers = "|".join(called), "|".join(filter(None, map(_number, self.phones)))
        each = [rf"(?<![\w@])(?:{words})(?!\w)"] if words else []
        each += [rf"(?<![\d+])(?:{numbers})(?!\d)"] if numbers else []
        return re.compile("|".join(each), re.IGNORECASE) if each else None


def _words(name: str) -> list[str]:
    """The words of a name, folded; a hyphenated one is two."""
    return [word for word in re.split(r"[^\w']+", fold(name)) if word]


def _forms(words: list[str]) -> Iterator[str]:
    """A name as it may be written: in full, without or with other middle names, last name first, initials."""
    if len(words) < 2:
        yield from map(_spelled, words)
        return
    first, *middle, last = map(_spelled, words)
    between = [*middle, _INITIAL, *([] if middle else [_UNKNOWN])]
    amid = f"(?:{_GAP}(?:{'|'.join(between)})){{0,3}}"
    whole = f"{first}{amid}{_GAP}{last}"
    yield rf"[\w.+-]*{first}[._+-]?{last}[\w.+-]*@[\w.-]+\w"
    yield rf"[\w.+-]*{whole}[\w.+-]*@[\w.-]+\w"
    yield f"{whole}s?"
    yield rf"{last}\s*[,;]?{_GAP}{first}{amid}s?"
    yield rf"(?-i:[{words[0][0].upper()}{_CAPITALS.get(words[0][:2], '')}])\.?{amid}{_GAP}{last}s?"


def _spelled(word: str) -> str:
    """A folded word with every way its letters may be written."""
    letters = (_WRITTEN.get(part, re.escape(part)) for part in _LETTERS.findall(word))
    return "".join(f"{letter}{_UNSEEN}" for letter in letters)


def _number(phone: str) -> str:
    """A phone number with or without country code, in groups of any size."""
    try:
        parsed = phonenumbers.parse(phone, "NO")
        code, national = str(parsed.country_code), str(parsed.national_number)
    except phonenumbers.NumberParseException:
        code, national = "47", bare_number(phone)
    if len(national) < 5:
        return ""
    digits = _BETWEEN_DIGITS.join(national)
    return rf"(?:(?:\+|00)?{_BETWEEN_DIGITS.join(code)}{_BETWEEN_DIGITS})?{digits}"


def _trace(word: str) -> str:
    """The letters of a word that are written one way alone, with anything between."""
    return re.sub("%+", "%", f"%{re.sub('[aeiouy]|[^a-z0-9@.]', '%', word.lower())}%")
