"""Finding units of the mirror: by number, by any part of a name or a former name, by words of what they do.

The indexes are kept by the database itself: ``find_units`` holds every run of three letters of the names,
``find_unit_words`` every word of names, places, industries and purposes. A name that begins with what was
typed comes first, then names that hold it, then units that are otherwise about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, TextClause, case, false, select, text, true
from sqlalchemy.orm import Session

from crm.registry.models import Unit, is_living
from crm.spelling import fold

SHORTEST = 2
_RUN = 3
_LOOKED_AT = 200
_MOST_WORDS = 6
_FORMS = frozenset({"as", "asa", "sa", "da", "ans", "ba", "nuf", "ks", "hf", "rhf", "iks", "kf", "sf"})
_EMPTY = frozenset(
    {"og", "i", "av", "for", "paa", "til", "med", "en", "et", "som", "det", "de", "den", "ved", "innen"}
)
_ENDINGS = ("ene", "er", "en", "et", "ar", "ane", "a", "e", "r", "s")
_SHORTEST_STEM = 5
_WORD = re.compile(r"[a-z0-9]+")
# As the index of PostgreSQL is written; see the migration.
_TEXTS = " || ' ' || ".join(
    f"coalesce({column}, '')"
    for column in ("name", "former_names", "municipality", "place", "industry_name", "purpose", "activity")
)


@dataclass(frozen=True, slots=True)
class Hit:
    """As much of a unit as it takes to say how well it fits."""

    orgnr: str
    name_key: str
    former_names: str
    alive: bool

    @property
    def names(self) -> str:
        """Its name and its former ones, folded."""
        return f"{self.name_key} {fold(self.former_names)}" if self.former_names else self.name_key


_ALIVE = case((is_living(), true()), else_=false())
_HITS = select(Unit.orgnr, Unit.name_key, Unit.former_names, _ALIVE)


def search(session: Session, typed: str, *, limit: int = 10) -> Sequence[Unit]:
    """The units that what was typed may mean, the best first; none for fewer than two signs."""
    digits = "".join(typed.split())
    if digits.isascii() and digits.isdigit() and len(digits) >= 3:
        return _by_number(session, digits, limit)
    words = _asked(typed)
    if not words or len(typed.strip()) < SHORTEST:
        return []
    found: dict[str, Hit] = {}
    for look in (_beginning, _in_names, _by_words, _by_stems):
        new = [hit for hit in look(session, words) if hit.orgnr not in found]
        found |= {hit.orgnr: hit for hit in sorted(new, key=lambda hit: _rank(hit, words))}
        if len(found) >= limit:
            break
    return _units(session, list(found)[:limit])


def _units(session: Session, numbers: list[str]) -> list[Unit]:
    """The units of these numbers, in their order."""
    asked = select(Unit).where(Unit.orgnr.in_(numbers))
    known = {unit.orgnr: unit for unit in session.scalars(asked)} if numbers else {}
    return [known[number] for number in numbers if number in known]


def _asked(typed: str) -> list[str]:
    """The words that count: not the legal form, and not «og», «i» and their like, if there are others."""
    words = fold(typed).split()[:_MOST_WORDS]
    telling = [word for word in words if word not in _FORMS]
    return [word for word in telling if word not in _EMPTY] or telling or words


def _by_number(session: Session, digits: str, limit: int) -> Sequence[Unit]:
    beginning = select(Unit).where(Unit.orgnr >= digits, Unit.orgnr < digits + ":")
    return session.scalars(beginning.order_by(Unit.orgnr).limit(limit)).all()


def _beginning(session: Session, words: list[str]) -> list[Hit]:
    """Names that begin so, read off the index of names."""
    key = " ".join(words)
    begins = _HITS.where(Unit.name_key >= key, Unit.name_key < key + "\uffff")
    return _hits(session, begins.order_by(Unit.name_key).limit(_LOOKED_AT // 4))


def _in_names(session: Session, words: list[str]) -> list[Hit]:
    """Names, or former ones, that hold every word anywhere."""
    long = [word for word in words if len(word) >= _RUN]
    if not long:
        return []
    if _on_sqlite(session):
        asked = " ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' for word in long)
        hits = _of_numbers(session, _MATCH_NAMES, asked)
    else:
        held = [Unit.name_key.contains(word, autoescape=True) for word in long]
        hits = _hits(session, _HITS.where(*held).limit(_LOOKED_AT))
    return [hit for hit in hits if all(word in hit.names for word in words)]


def _by_words(session: Session, words: list[str]) -> list[Hit]:
    """Units that have every word in their name, place, industry or purpose."""
    whole = _tokens(words)
    found = _of_words(session, whole, last_begins=False)
    return found or _of_words(session, whole, last_begins=True)


def _by_stems(session: Session, words: list[str]) -> list[Hit]:
    """The same for the words without their endings: «rullestoler» finds «rullestol»."""
    stems = [_stem(word) for word in _tokens(words)]
    if stems == _tokens(words) or not all(len(stem) >= _SHORTEST_STEM for stem in stems):
        return []
    return _of_words(session, stems, last_begins=True, all_begin=True)


def _tokens(words: list[str]) -> list[str]:
    return [token for word in words for token in _WORD.findall(word)]


def _stem(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_STEM), "")
    return word.removesuffix(ending)


def _of_words(
    session: Session, tokens: list[str], *, last_begins: bool, all_begin: bool = False
) -> list[Hit]:
    if not tokens:
        return []
    last = len(tokens)
    begin = [all_begin or (last_begins and place == last) for place in range(1, last + 1)]
    if any(begins and len(token) < _RUN for token, begins in zip(tokens, begin, strict=True)):
        return []
    if _on_sqlite(session):
        asked = " AND ".join(
            f'"{token}"{"*" if begins else ""}' for token, begins in zip(tokens, begin, strict=True)
        )
        return _of_numbers(session, _MATCH_WORDS, asked)
    asked = " & ".join(
        f"{token}{':*' if begins else ''}" for token, begins in zip(tokens, begin, strict=True)
    )
    return _of_numbers(session, _WORDS_OF_POSTGRESQL, asked)


_MATCH_NAMES = text("SELECT rowid FROM register.find_units WHERE find_units MATCH :asked LIMIT :most")
_MATCH_WORDS = text(
    "SELECT rowid FROM register.find_unit_words WHERE find_unit_words MATCH :asked LIMIT :most"
)
_WORDS_OF_POSTGRESQL = text(
    f"SELECT orgnr FROM register.units WHERE find_words({_TEXTS}) @@ to_tsquery('simple', :asked) LIMIT :most"  # noqa: S608  (our own columns)
)


def _of_numbers(session: Session, asked_of: TextClause, asked: str) -> list[Hit]:
    numbers = session.scalars(asked_of, {"asked": asked, "most": _LOOKED_AT}).all()
    return _hits(session, _HITS.where(Unit.orgnr.in_([str(number) for number in numbers]))) if numbers else []


def _hits(session: Session, asked: Select[Any]) -> list[Hit]:
    return [Hit(number, name, former, alive) for number, name, former, alive in session.execute(asked)]


def _rank(hit: Hit, words: list[str]) -> tuple[object, ...]:
    """Living ones first; then those whose name has more of the words, whole or begun, and shorter ones."""
    name = hit.name_key.split()
    begun = sum(any(part.startswith(word) for part in name) for word in words)
    whole = sum(word in name for word in words)
    return not hit.alive, -whole, -begun, len(hit.name_key), hit.name_key, hit.orgnr


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
