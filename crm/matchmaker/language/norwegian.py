"""How Norwegian company texts are cut into words: stop words, set phrases, stems and parts of compounds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]{2,40}")
_STEMMER = snowballstemmer.stemmer("norwegian")

# Words that bind sentences, bokmål and nynorsk.
_SMALL_WORDS = """
    alle alt andre anna annan annen annet at av bl blant bli blir bruk både da de deg dei deira dem
    den denne der dere deres dermed derunder det dette di din du då eg ei ein eit eitt eller en
    enhver er et etc ett etter for fra frå før gi gir gjerne gjennom gjør gjøre ha han har hele
    henne hennes hos her herav hermed herunder hun hva hvem hver hvilke hvor ikke ikkje inn innan innen
    innenfor ja jeg kan kanskje kor korleis kva kven lignende man mange med meg mellom men mer mot
    mv må nei no noe noen nokon noko ny nye nytt når nå og også om opp oss over per på re samt seg
    selv sin sine sitt skal slik som så til ut uten utenom utover var ved vi vil ville vår våre vårt
    være å år året åt
"""
# Words of every statute.
_STATUTE_WORDS = """
    diverse dermed drift drive driver faller forbindelse forhold formål formålet fremme hører høyrer
    inngår naturlig naturleg saman samband sammen som står stå tilhørende tilsvarende ulike
    virksomhet virksomheten virksomhetens verksemd verksemda foretak foretaket foreningen
    foreningens selskap selskaper selskapet selskapene selskapets selskapa stiftelsen stiftelsens
    bedrift bedriften bedrifter as asa ans ba da
"""
# Words of every request.
_ASKING_WORDS = """
    avtale imot ta tar behov behøver hjelp hjelpe leter leverandør leverandører levere leverer mangler
    ser søker tilby tilbyr treng trenger ønsker ønskjer
"""
STOP_WORDS = frozenset((_SMALL_WORDS + _STATUTE_WORDS + _ASKING_WORDS).split())

# What statutes say whatever the company does; the rest of such phrases is stop words.
_SET_PHRASES = re.compile(
    r"(?:delta|deltakelse|deltagelse|deltaking|eierskap|engasjement|investere|investering|investeringer)"
    r" i (?:andre|lignende|tilsvarende) \w+"
    r"|(?:gjøre|engasjere|ha) seg (?:interessert )?i (?:andre|lignende) \w+"
    r"|kjøp(?: og |, )salg av aksjer|salg av aksjer"
)
_IN_SET_PHRASES = (" i andre ", " i lignende ", " i tilsvarende ", "salg av aksjer")

# Nynorsk and older spellings beside the bokmål most of the register uses.
_SPELLINGS = (
    ("rekneskap", "regnskap"),
    ("eigedom", "eiendom"),
    ("tenest", "tjenest"),
    ("sjuk", "syk"),
    ("skule", "skole"),
    ("heim", "hjem"),
    ("løys", "løs"),
    ("høg", "høy"),
    ("veg", "vei"),
)

# What ends words without being one, however often it stands alone as an abbreviation.
ENDINGS = frozenset(
    [
        "ing",
        "het",
        "else",
        "eri",
        "dom",
        "skap",
        "ert",
        "ende",
        "ane",
        "ene",
        "ter",
        "tet",
        "ist",
        "isk",
        "lig",
        "som",
        "bar",
        "løs",
        "end",
        "ant",
    ]
)


class Word(NamedTuple):
    """A word as written, and where it stands."""

    written: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text that carry meaning, with set phrases and stop words left out.

    Examples
    --------
    >>> [word.written for word in words("Drift av kafé og det som naturlig faller sammen med dette")]
    ['kafé']
    """
    blanked = text
    for start, end in _set_phrases(_lowered(text)):
        blanked = f"{blanked[:start]}{' ' * (end - start)}{blanked[end:]}"
    for found in _WORD.finditer(blanked):
        if found.group().lower() not in STOP_WORDS:
            yield Word(found.group(), found.start(), found.end())


def lowered_words(text: str) -> list[str]:
    """All words of a text in lower case, stop words too, with set phrases left out."""
    lowered = _lowered(text)
    for start, end in _set_phrases(lowered):
        lowered = f"{lowered[:start]}{' ' * (end - start)}{lowered[end:]}"
    found: list[str] = _WORD.findall(lowered)
    return found


def _lowered(text: str) -> str:
    """A text in lower case, letter by letter at the same place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _set_phrases(lowered: str) -> list[tuple[int, int]]:
    """Where set phrases stand; looked for only where a part that each of them has is found."""
    if not any(part in lowered for part in _IN_SET_PHRASES):
        return []
    return [phrase.span() for phrase in _SET_PHRASES.finditer(lowered)]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem that inflections and spellings of a word share.

    Examples
    --------
    >>> stem("Hagene") == stem("hage"), stem("rekneskap") == stem("regnskap")
    (True, True)
    """
    plain = word.lower()
    for old, new in _SPELLINGS:
        plain = plain.replace(old, new)
    return str(_STEMMER.stemWord(plain))


class CompoundSplitter:
    """Cuts compounds into two parts, by how often each word stands alone.

    Examples
    --------
    >>> CompoundSplitter({"snø": 1, "scooter": 2}).parts("snøscooter")
    ('snø', 'scoot')
    """

    min_length = 3

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts: Counter[str] = Counter()
        for word, count in counts.items():
            if len(word) >= self.min_length and word not in ENDINGS:
                self._counts[stem(word)] += count

    def parts(self, word: str) -> tuple[str, ...]:
        """The stems of the two parts of a compound; empty where the word is none."""
        plain = word.lower()
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for cut in range(self.min_length, len(plain) - self.min_length + 1):
            tail = stem(plain[cut:])
            if tail in self._counts:
                best = max(best, self._read(plain[:cut], tail))
        return best[1]

    def _read(self, head: str, tail: str) -> tuple[float, tuple[str, ...]]:
        """How common the parts are, the head read with or without a binding s or e."""
        readings = {stem(head)}
        if head[-1] in "se" and len(head) > self.min_length:
            readings.add(stem(head[:-1]))
        known = max(readings, key=lambda reading: (self._counts[reading], reading))
        weight = math.sqrt(self._counts[known] * self._counts[tail])
        return (weight, (known, tail)) if weight else (0.0, ())
