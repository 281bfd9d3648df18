"""One line of a JSON-lines file: its fields by type, and what is wrong with it by its number."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from crm.errors import InvalidInput, said

_BROKEN = said("Linje %(line)s i %(file)s er ikke gyldig JSON: %(why)s.")
_NO_RECORD = said("Linje %(line)s i %(file)s må være et objekt med felter, fikk %(seen)s.")
_MISSING = said("Linje %(line)s i %(file)s mangler feltet «%(name)s».")
_WRONG = said("Linje %(line)s i %(file)s: feltet «%(name)s» må være %(wanted)s, fikk %(seen)s.")
_REPEATED = said("Linje %(line)s i %(file)s: nøkkelen «%(key)s» står allerede på linje %(first)s.")
_LONGEST_SHOWN = 40
_MOST_EMPLOYEES = 10_000_000
_LIMITS = ("max_km", "min_employees", "max_employees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The fields of a line; those missing or null are empty."""

    number: int
    file: str
    fields: Mapping[str, Any]

    @classmethod
    def parse(cls, raw: bytes, *, number: int, file: str) -> Self:
        try:
            fields = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except UnicodeDecodeError as error:
            why = f"teksten er ikke UTF-8 (byte {error.start + 1})"
            raise InvalidInput(_BROKEN, line=number, file=file, why=why) from error
        except (ValueError, RecursionError) as error:
            why = f"feil ved tegn {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else _why(error)
            raise InvalidInput(_BROKEN, line=number, file=file, why=why) from error
        if not isinstance(fields, dict):
            raise InvalidInput(_NO_RECORD, line=number, file=file, seen=_shown(fields))
        return cls(number=number, file=file, fields=fields)

    def key(self, name: str = "key") -> str:
        """A text that must be there and not be empty."""
        value = self.required_text(name)
        if not value.strip():
            self._refuse(name, "en tekst som ikke er tom")
        return value

    def refuse_repeated_key(self, seen: dict[str, int]) -> None:
        first = seen.setdefault(self.key(), self.number)
        if first != self.number:
            values = {"line": self.number, "file": self.file, "key": self.key(), "first": first}
            raise InvalidInput(_REPEATED, field="key", **values)

    def required_text(self, name: str) -> str:
        if self.fields.get(name) is None:
            raise InvalidInput(_MISSING, field=name, line=self.number, file=self.file, name=name)
        return self.text(name)

    def text(self, name: str) -> str:
        value = self._given(name, "")
        if not isinstance(value, str):
            self._refuse(name, "en tekst")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(name, "en liste av tekster")
        return tuple(value)

    def parts(self, name: str) -> list[Line]:
        """The objects of a list, each to be read like a line."""
        value = self._given(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._refuse(name, "en liste av objekter med felter")
        return [Line(number=self.number, file=self.file, fields=item) for item in value]

    def one_of(self, name: str, choices: Sequence[str], *, required: bool = False) -> str:
        """One of the choices; the first where the field is missing and need not be there."""
        value = self.required_text(name) if required else self._given(name, choices[0])
        if value not in choices:
            self._refuse(name, " eller ".join(f"«{choice}»" for choice in choices))
        return str(value)

    def count(self, name: str) -> int | None:
        value = self._given(name, None)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_EMPLOYEES:
            self._refuse(name, "et helt tall fra 0 og opp")
        return int(value)

    def figure(self, name: str) -> float | None:
        value = self._given(name, None)
        if value is not None and not _is_number(value):
            self._refuse(name, "et tall")
        return None if value is None else float(value)

    def constraints(self) -> dict[str, object]:
        """The constraints of a need; those the matchmaker understands must have the right type."""
        value = self._given("constraints", {})
        if not isinstance(value, dict):
            self._refuse("constraints", "et objekt med felter")
        inner = Line(number=self.number, file=self.file, fields=value)
        for limit in _LIMITS:
            inner.figure(limit)
        inner.texts("municipalities")
        return {name: limit for name, limit in value.items() if limit is not None}

    def _given(self, name: str, otherwise: object) -> Any:
        value = self.fields.get(name)
        return otherwise if value is None else value

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        seen = _shown(self.fields[name])
        values = {"line": self.number, "file": self.file, "name": name, "wanted": wanted, "seen": seen}
        raise InvalidInput(_WRONG, field=name, **values)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= 1e12 and math.isfinite(value)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _why(error: Exception) -> str:
    return "for dypt nøstet" if isinstance(error, RecursionError) else str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} er ikke et tall i JSON")
