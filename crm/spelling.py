"""How Norwegian names are compared and sorted, the same on every database."""

from __future__ import annotations

import re
import unicodedata

_FOLD = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "ß": "ss", "đ": "d", "ð": "d", "þ": "th"}
)
# æ, ø and å come after z; these three ASCII characters do too.
_SORT = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_INVISIBLE = {"Cf", "Cc"}
_NUMBER = re.compile(r"(?:no\s*)?([+0-9][0-9 ().-]+)(?:mva)?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?([^\s/?#]+\.[a-z]{2,})(?:[/?#]\S*)?", re.IGNORECASE)
_MOST_WORDS = 8
# Forms of organisation, at the end of a name or before it.
_FORMS = re.compile(r"\b(as|asa|ans|da|sa|enk|nuf|ba|ks|al|ab|ltd|gmbh|inc|stiftelsen|stiftelse)\b")


def tidy(text: str) -> str:
    """Text as stored: composed, without invisible characters, one space between words."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    visible = (" " if char in "\t\n\r\u00a0" else char for char in composed)
    return " ".join("".join(c for c in visible if unicodedata.category(c) not in _INVISIBLE).split())


def fold(text: str) -> str:
    """A key under which spellings of the same name meet: ``Bærum``, ``BÆRUM`` and ``baerum``.

    Examples
    --------
    >>> fold("Ålesund Høyskole"), fold("aalesund hoeyskole")
    ('aalesund hoeyskole', 'aalesund hoeyskole')
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    return _bare(_lowered(text).translate(_FOLD))


def without_form(name_key: str) -> str:
    """A folded name without its form of organisation and punctuation.

    Examples
    --------
    >>> without_form("blaabaer & soenn as"), without_form("as blaabaer")
    ('blaabaer soenn', 'blaabaer')
    """
    bare = " ".join(re.sub(r"[^\w]+", " ", _FORMS.sub(" ", name_key)).split())
    return bare or name_key


def search_words(text: str) -> list[str]:
    """What somebody looks for, as folded words; a number or an address in any form is one word.

    Examples
    --------
    >>> search_words("Kafé  Åsen"), search_words("+47 22 00 00 00"), search_words("https://www.verk.no/om")
    (['kafe', 'aasen'], ['22000000'], ['verk.no'])
    """
    clean = tidy(text)
    if number := _NUMBER.fullmatch(clean):
        return [bare_number(number[1])]
    if address := _ADDRESS.fullmatch(clean):
        return [fold(address[1])]
    return fold(clean).split()[:_MOST_WORDS]


def bare_number(text: str) -> str:
    """The digits of a number, without the country code of Norway.

    Examples
    --------
    >>> bare_number("+47 22 00 00 00"), bare_number("0047 22000000"), bare_number("974 760 673")
    ('22000000', '22000000', '974760673')
    """
    digits = "".join(char for char in text if char.isdigit())
    if text.strip().startswith("+47") or digits.startswith("0047"):
        return digits.removeprefix("00")[2:]
    return digits[2:] if len(digits) == 10 and digits.startswith("47") else digits


def sort_key(text: str) -> str:
    """A key that sorts by code point as Norwegians sort: æ, ø, å last, and aa with å.

    Examples
    --------
    >>> sorted(["Ås", "Alta", "Øyer", "Ærø", "Zorn"], key=sort_key)
    ['Alta', 'Zorn', 'Ærø', 'Øyer', 'Ås']
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("aa", "}").split())
    return _bare(_lowered(text).translate(_SORT).replace("aa", "}"))


def _lowered(text: str) -> str:
    """Small letters, composed, also where a sign stands for several letters."""
    whole = unicodedata.normalize("NFKC", tidy(text)).casefold()
    return unicodedata.normalize("NFKC", whole)


def _bare(text: str) -> str:
    """Without accents, and with one space between words."""
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
