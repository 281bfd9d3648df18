"""What people call each industry in everyday words, Norwegian and English: a list of our own.

A register says «Andre helsetjenester»; a need says «logoped». The list bridges the two where the companies'
own texts do not, and lets a need written in English find companies that write Norwegian. The codes are facts
of Statistics Norway's SN2007 and SN2025; the words are ours.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from crm.matchmaker.industries.industry import Industry


class Everyday(NamedTuple):
    """The beginnings of the codes a line is about, by standard, and its words."""

    prefixes: dict[str, tuple[str, ...]]
    words: str

    def covers(self, standard: str, code: str) -> bool:
        """Whether the industry is one of those the words are about."""
        return code.startswith(self.prefixes.get(standard, ()))


@cache
def everyday_words() -> tuple[Everyday, ...]:
    """Every line of the list.

    Examples
    --------
    >>> [line.words.split()[0] for line in everyday_words() if line.covers("SN2025", "75.000")]
    ['veterinær']
    """
    with (files("crm.matchmaker.industries") / "everyday_words.csv").open(encoding="utf-8") as file:
        return tuple(
            Everyday(
                {"SN2007": tuple(row["sn2007"].split()), "SN2025": tuple(row["sn2025"].split())},
                f"{row['norsk']} {row['english']}",
            )
            for row in csv.DictReader(file, delimiter=";")
        )


def lines_about(industries: Iterable[Industry]) -> list[tuple[str, list[Industry]]]:
    """The words of each line that is about any of the industries, and the industries it is about."""
    held = list(industries)
    found = [
        (line.words, [industry for industry in held if line.covers(*industry)]) for line in everyday_words()
    ]
    return [(words, about) for words, about in found if about]


def words_of_procurement(codes: Iterable[str]) -> str:
    """Everyday words for the industries that deliver what CPV codes name; empty for codes not known.

    The longest beginning of a code that the list holds decides. A check digit after a hyphen is ignored.

    Examples
    --------
    >>> words_of_procurement(["85142100-7"]).split()[0]
    'fysioterapi'
    """
    return " ".join(dict.fromkeys(line.words for code in codes for line in _lines_of_cpv(code.strip())))


def _lines_of_cpv(code: str) -> list[Everyday]:
    industries = industries_of_procurement(code)
    return [line for line in everyday_words() if set(industries) & set(line.prefixes["SN2007"])]


def industries_of_procurement(code: str) -> tuple[str, ...]:
    """The beginnings of the SN2007 codes of those who deliver what a CPV code names; none where unknown.

    Examples
    --------
    >>> industries_of_procurement("85142100-7")
    ('86.902',)
    """
    suppliers = _suppliers()
    known = (suppliers[code[:length]] for length in range(len(code), 1, -1) if code[:length] in suppliers)
    return next(known, ())


@cache
def _suppliers() -> dict[str, tuple[str, ...]]:
    """The beginnings of CPV codes, and of the SN2007 codes of those who deliver; a list of our own."""
    with (files("crm.matchmaker.industries") / "cpv_industries.csv").open(encoding="utf-8") as file:
        return {row["cpv"]: tuple(row["sn2007"].split()) for row in csv.DictReader(file, delimiter=";")}
