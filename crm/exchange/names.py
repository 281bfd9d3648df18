"""Finding companies of ours whose names are like one in a file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.companies.models import Company
from crm.spelling import without_form

_ALIKE = 90
_BLOCK = 3


@dataclass(frozen=True, slots=True)
class Alike:
    """A company whose name is like the one looked for; ``likeness`` in per cent."""

    id: int
    name: str
    orgnr: str | None
    municipality: str | None
    municipality_no: str | None
    likeness: int


class Names:
    """The names of all our companies, in blocks of the same beginning."""

    def __init__(self, session: Session) -> None:
        self._blocks: dict[str, dict[int, str]] = defaultdict(dict)
        self._known: dict[int, tuple[str, str | None, str | None, str | None]] = {}
        wanted = select(
            Company.id,
            Company.name_key,
            Company.name,
            Company.orgnr,
            Company.municipality,
            Company.municipality_no,
        )
        for number, key, *rest in session.execute(wanted):
            name = without_form(key)
            self._blocks[name[:_BLOCK]][number] = name
            self._known[number] = (str(rest[0]), rest[1], rest[2], rest[3])

    def like(self, name_key: str, municipality_no: str | None) -> Alike | None:
        """The company most like a name; in the same municipality, if not quite the same."""
        name = without_form(name_key)
        found = process.extract(
            name, self._blocks.get(name[:_BLOCK], {}), scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        for _name, likeness, number in found:
            called, orgnr, place, place_no = self._known[number]
            if likeness == 100 or not municipality_no or not place_no or municipality_no == place_no:
                return Alike(number, called, orgnr, place, place_no, round(likeness))
        return None
