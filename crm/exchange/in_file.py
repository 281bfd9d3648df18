"""What earlier rows of the same file said of a company, so that later ones fit in or are told apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm.exchange.cells import Values
from crm.spelling import fold

_FREE = frozenset({"segments", "orgnr", "municipality"})


@dataclass(slots=True)
class Earlier:
    """A company as the rows so far have it: each value with the number of the row that first said it."""

    key: str
    values: dict[str, tuple[Any, int]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)

    def differing(self, values: Values) -> tuple[str, int] | None:
        """The first field that an earlier row filled with something else, and that row's number."""
        for name, value in (values.company | values.lead).items():
            before = self.values.get(name)
            if before and name not in _FREE and not _same(before[0], value):
                return name, before[1]
        return None

    def take(self, values: Values, number: int) -> bool:
        """Remember what a row says; whether any of it was news."""
        news = False
        for name, value in (values.company | values.lead).items():
            if name not in self.values:
                self.values[name] = (value, number)
                news = True
        return news


class InFile:
    """The companies of a file by number, and by folded name where only one has it."""

    def __init__(self) -> None:
        self._by_key: dict[str, Earlier] = {}
        self._by_name: dict[str, Earlier | None] = {}

    def of(self, values: Values) -> Earlier | None:
        """What earlier rows said of this row's company; None where it is the first to name it."""
        orgnr, name = values.company.get("orgnr"), fold(values.company.get("name", ""))
        if orgnr and (numbered := self._by_key.get(f"o{orgnr}")):
            return numbered
        found = self._by_name.get(name)
        if orgnr and (found is None or "orgnr" in found.values):
            return None
        place, before = values.company.get("municipality_no"), found and found.values.get("municipality_no")
        return None if found is None or (place and before and before[0] != place) else found

    def of_ours(self, company_id: int) -> Earlier | None:
        """What earlier rows said of a company we have."""
        return self._by_key.get(f"c{company_id}")

    def begin(self, values: Values, company_id: int | None) -> Earlier:
        """The company of this row, seen for the first time."""
        made = Earlier(f"c{company_id}" if company_id else key_of(values))
        self._by_key[made.key] = made
        name = fold(values.company.get("name", ""))
        if name:
            self._by_name[name] = made if name not in self._by_name else None
        return made

    def take(self, earlier: Earlier, values: Values, number: int) -> bool:
        """Remember what a row says of a company, by its number too; whether any of it was news."""
        if orgnr := values.company.get("orgnr"):
            self._by_key.setdefault(f"o{orgnr}", earlier)
        return earlier.take(values, number)


def key_of(values: Values) -> str:
    """What tells a row's company from the others of its file: its number, else its name and place."""
    if orgnr := values.company.get("orgnr"):
        return f"o{orgnr}"
    return f"n{fold(values.company.get('name', ''))[:310]}|{values.company.get('municipality_no', '')}"


def person_key(person: dict[str, Any]) -> str:
    return str(person.get("email", "")).casefold() or f"{fold(person['name'])}|{person.get('phone', '')}"


def _same(one: object, other: object) -> bool:
    return fold(one) == fold(other) if isinstance(one, str) and isinstance(other, str) else one == other
