"""How Norwegian names are compared and sorted, the same on every database."""

from __future__ import annotations

import unicodedata

_FOLD = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "ß": "ss", "đ": "d", "ð": "d", "þ": "th"}
)
# æ, ø and å come after z; these three ASCII characters do too.
_SORT = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_INVISIBLE = {"Cf", "Cc"}


def tidy(text: str) -> str:
    """Text as stored: composed, without invisible characters, one space between words."""
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


def sort_key(text: str) -> str:
    """A key that sorts by code point as Norwegians sort: æ, ø, å last, and aa with å.

    Examples
    --------
    >>> sorted(["Ås", "Alta", "Øyer", "Ærø", "Zorn"], key=sort_key)
    ['Alta', 'Zorn', 'Ærø', 'Øyer', 'Ås']
    """
    return _bare(_lowered(text).translate(_SORT).replace("aa", "}"))


def _lowered(text: str) -> str:
    """Small letters, composed, also where a sign stands for several letters."""
    whole = unicodedata.normalize("NFKC", tidy(text)).casefold()
    return unicodedata.normalize("NFKC", whole)


def _bare(text: str) -> str:
    """Without accents, and with one space between words."""
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
