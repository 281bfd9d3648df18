"""Guessing which column is what, from its heading and from what stands in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from rapidfuzz import fuzz, process

from crm.contacts.drafts import parse_phone
from crm.errors import InvalidInput
from crm.exchange.fields import SEVERAL, Field
from crm.exchange.headings import HEADINGS, MAIL, PHONE, SOME_FIRM, SOMEBODY
from crm.orgnr import parse_orgnr
from crm.sheets.day_forms import parse_day
from crm.spelling import fold

_ALIKE = 88
_MOST = 0.7
_LOOKED_AT = 60
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SITE = re.compile(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:no|com|org|net|eu|se|dk)(?:/\S*)?", re.IGNORECASE
)
_INDUSTRY = re.compile(r"\d{2}[.,]\d{1,3}")


def key_of(header: Sequence[str]) -> str:
    """A key for a set of headings, the same whatever their order, case and punctuation.

    Examples
    --------
    >>> key_of(["Org.nr", "Firma"]) == key_of(["firma", "ORG NR"])
    True
    """
    whole = "\n".join(sorted(plain(name) for name in header))
    return hashlib.sha256(whole.encode()).hexdigest()


def guess(header: Sequence[str], samples: Iterable[Sequence[str]]) -> list[Field]:
    """A field for each heading: by its words first, then by the values under it; NONE where nothing fits."""
    columns = list(zip(*(row for row in samples), strict=True)) or [() for _name in header]
    values = [[cell.strip() for cell in column if cell.strip()][:_LOOKED_AT] for column in columns]
    found = [_checked(_by_heading(name), name, column) for name, column in zip(header, values, strict=True)]
    _share_ways_to_reach(found, header)
    return _once(found, [_sureness(field, column) for field, column in zip(found, values, strict=True)])


def remembered(header: Sequence[str], kept: Mapping[str, str]) -> list[Field] | None:
    """The fields an earlier file with these headings was given; None where it had other headings."""
    known = {field.value for field in Field}
    fields = [kept.get(plain(name), "") for name in header]
    return [Field(field) for field in fields] if all(field in known for field in fields) else None


def plain(name: str) -> str:
    """A heading folded, without punctuation: ``E-post:`` is ``e post``."""
    return " ".join(re.sub(r"[^\w]+|_", " ", fold(name)).split())


@cache
def _known() -> dict[str, Field]:
    return {plain(word): field for field, words in HEADINGS.items() for word in words}


def _by_heading(name: str) -> Field | None:
    """The field a heading says; None where it says nothing we know."""
    bare = plain(name)
    if bare in _known():
        return _known()[bare]
    words = set(bare.split())
    composed = _composed(words)
    if composed or not bare:
        return composed
    best = process.extractOne(bare, _known().keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return _known()[best[0]] if best else None


def _composed(words: set[str]) -> Field | None:
    """Headings put together of words: a way to reach somebody, and whom."""
    reaches = Field.PERSON_EMAIL if words & MAIL else Field.PERSON_PHONE if words & PHONE else None
    if reaches is None:
        return None
    if words & SOME_FIRM:
        return Field.EMAIL if reaches is Field.PERSON_EMAIL else Field.PHONE
    return reaches


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values) if values else 0.0


def _does(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return parse(text) is not None
        except InvalidInput:
            return False

    return fits


_FITS: dict[Field, Callable[[str], bool]] = {
    Field.ORGNR: _does(lambda text: parse_orgnr(text, demo=True)),
    Field.PERSON_EMAIL: lambda text: _ADDRESS.fullmatch(text) is not None,
    Field.HOME_PAGE: lambda text: _SITE.fullmatch(text) is not None,
    Field.INDUSTRY: lambda text: _INDUSTRY.fullmatch(text) is not None,
    Field.PERSON_PHONE: _does(parse_phone),
    Field.NEXT_STEP_ON: _does(parse_day),
}


def _checked(said: Field | None, name: str, values: Sequence[str]) -> Field:
    """What the heading said, unless what stands below says otherwise."""
    if said is Field.NONE:
        return said
    seen = next((field for field, fits in _FITS.items() if _share(values, fits) >= _MOST), None)
    if said is None:
        return seen if seen and seen is not Field.NEXT_STEP_ON else _named(name)
    if said is Field.PERSON and seen in {Field.PERSON_EMAIL, Field.PERSON_PHONE}:
        return seen
    days = _share(values, _FITS[Field.NEXT_STEP_ON]) >= _MOST
    if said is Field.NEXT_STEP and days:
        return Field.NEXT_STEP_ON
    if said in {Field.PERSON, Field.NOTE} and days:
        return Field.NONE
    return said


def _named(name: str) -> Field:
    """``Navn`` is decided by its neighbours; everything else we know nothing of is left out."""
    return Field.PERSON if plain(name) in {"navn", "namn", "name"} else Field.NONE


def _share_ways_to_reach(found: list[Field], header: Sequence[str]) -> None:
    """A bare ``Telefon`` or ``E-post`` is the person's where there is a person, else the company's."""
    if Field.NAME not in found and Field.PERSON in found and not _has_somebody(found, header):
        place = found.index(Field.PERSON)
        if plain(header[place]) in {"navn", "namn", "name"}:
            found[place] = Field.NAME
    people = {Field.PERSON, Field.FIRST_NAME, Field.LAST_NAME} & set(found)
    for person, company in ((Field.PERSON_EMAIL, Field.EMAIL), (Field.PERSON_PHONE, Field.PHONE)):
        bare = [
            place
            for place, field in enumerate(found)
            if field is person and not set(plain(header[place]).split()) & (SOMEBODY | {"mobil", "mobile"})
        ]
        if bare and (not people or found.count(person) > len(bare)):
            found[bare[0]] = company


def _has_somebody(found: Sequence[Field], header: Sequence[str]) -> bool:
    return any(
        field in {Field.FIRST_NAME, Field.LAST_NAME, Field.TITLE} or set(plain(name).split()) & SOMEBODY
        for field, name in zip(found, header, strict=True)
    )


def _sureness(field: Field, values: Sequence[str]) -> float:
    """How well the values fit; what cannot be told from its values counts by how much there is."""
    fits = _FITS.get(field)
    return _share(values, fits) + 1 if fits else min(len(values), _LOOKED_AT) / _LOOKED_AT


def _once(found: Sequence[Field], sureness: Sequence[float]) -> list[Field]:
    """Each field to one column, the one that fits best; a person's name beats its halves."""
    best: dict[Field, int] = {}
    for place, field in enumerate(found):
        if field not in best or sureness[place] > sureness[best[field]]:
            best[field] = place
    whole = Field.PERSON in best
    return [
        field
        if field in SEVERAL
        or (best[field] == place and not (whole and field in {Field.FIRST_NAME, Field.LAST_NAME}))
        else Field.NONE
        for place, field in enumerate(found)
    ]
