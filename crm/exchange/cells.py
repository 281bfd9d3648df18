"""From the cells of one row to values: a company, a lead, a person, a note and a follow-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.errors import InvalidInput, said
from crm.exchange.fields import Columns, Field
from crm.exchange.parsing import Meaning, Parsing, paragraph
from crm.exchange.remarks import Remark, of_error, of_field
from crm.orgnr import mask_personal


@dataclass(slots=True)
class Values:
    """What one row says. ``company``, ``lead`` and ``person`` hold only what is filled in."""

    company: dict[str, Any] = field(default_factory=dict)
    lead: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    note_on: date | None = None
    step: str = ""
    step_on: date | None = None
    remarks: list[Remark] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return any(remark.error for remark in self.remarks)


class RowReader:
    """Reads the rows of one table, each field from its column."""

    def __init__(self, columns: Columns, header: Sequence[str], meaning: Meaning) -> None:
        self._columns, self._header = columns, header
        self._parsing = Parsing(meaning)

    def read(self, cells: Sequence[str]) -> Values:
        """The values of a row; what cannot be right is a remark with its column."""
        found = Values()
        read = {
            name: self._value(name, cells, found.remarks) for name in self._columns if name is not Field.NOTE
        }
        given: dict[Field, Any] = {name: value for name, value in read.items() if value or value == 0}
        _sort(given, found)
        found.note = self._note(cells)
        self._complete(found)
        return found

    def _value(self, name: Field, cells: Sequence[str], remarks: list[Remark]) -> Any:
        column = self._columns[name][0]
        text = cells[column]
        if not text or not text.strip():
            return None
        try:
            return self._parsing.value(name, text)
        except InvalidInput as error:
            remarks.append(of_error(error, column))
            return None

    def _note(self, cells: Sequence[str]) -> str:
        """One note of all the columns that go into it, each after its heading where they are several."""
        places = self._columns.get(Field.NOTE, [])
        said = [(self._header[place], paragraph(cells[place])) for place in places if cells[place].strip()]
        if len(places) == 1:
            return said[0][1] if said else ""
        return "\n".join(f"{name}: {text}" for name, text in said if text)

    def _complete(self, found: Values) -> None:
        """What belongs together must be there together."""
        self._complete_person(found)
        if found.company.get("municipality") and "municipality_no" not in found.company:
            column, place = self._columns[Field.MUNICIPALITY][0], found.company["municipality"]
            found.remarks.append(of_field("MUNICIPALITY", _NO_PLACE, column, error=False, value=place))
        if found.step_on and not found.step:
            column = self._columns[Field.NEXT_STEP_ON][0]
            found.remarks.append(of_field("STEP_TEXT", _NO_STEP, column, error=False))
            found.step_on = None
        if not found.company.get("name") and not found.company.get("orgnr") and not found.broken:
            places = self._columns.get(Field.NAME) or self._columns.get(Field.ORGNR)
            found.remarks.append(of_field("NO_COMPANY", _NO_COMPANY, places[0] if places else None))

    def _complete_person(self, found: Values) -> None:
        person = found.person
        halves = [str(person.pop(half, "")) for half in ("first_name", "last_name")]
        if not person.get("name") and any(halves):
            person["name"] = " ".join(half for half in halves if half)[:200]
        if person and not person.get("name"):
            column = next(self._columns[name][0] for name in _REACH if name in self._columns)
            if person.keys() & {"email", "phone"}:
                found.remarks.append(of_field("PERSON_NAME", _NO_PERSON, column, error=False))
            found.person = {}


_NO_PLACE = said("«%(value)s» er ikke navnet på en kommune. Det tas med som sted, men kan ikke filtreres på.")
_NO_STEP = said("Raden har en frist, men ingen oppfølging. Fristen er ikke tatt med.")
_NO_COMPANY = said("Raden har verken navn eller organisasjonsnummer. Fyll inn ett av dem.")
_NO_PERSON = said("Raden har telefon eller e-post til en person uten navn. De er ikke tatt med.")
MASKED = said("Cella har et fødselsnummer. Det er byttet ut med prikker og blir ikke lagret.")
_REACH = (Field.PERSON_EMAIL, Field.PERSON_PHONE, Field.TITLE)
_KEYS: dict[Field, tuple[str, str]] = {
    Field.ORGNR: ("company", "orgnr"),
    Field.NAME: ("company", "name"),
    Field.ADDRESS: ("company", "address"),
    Field.INDUSTRY: ("company", "industry"),
    Field.EMPLOYEES: ("company", "employees"),
    Field.HOME_PAGE: ("company", "home_page"),
    Field.EMAIL: ("company", "email"),
    Field.PHONE: ("company", "phone"),
    Field.PURPOSE: ("company", "purpose"),
    Field.SEGMENTS: ("lead", "segments"),
    Field.STAGE: ("lead", "stage"),
    Field.OWNER: ("lead", "owner_id"),
    Field.SOURCE: ("lead", "source"),
    Field.PERSON: ("person", "name"),
    Field.FIRST_NAME: ("person", "first_name"),
    Field.LAST_NAME: ("person", "last_name"),
    Field.TITLE: ("person", "title"),
    Field.PERSON_EMAIL: ("person", "email"),
    Field.PERSON_PHONE: ("person", "phone"),
}


def _sort(given: Mapping[Field, Any], found: Values) -> None:
    """Each value to its record."""
    for name, value in given.items():
        if name is Field.MUNICIPALITY:
            number, called = value
            found.company |= (
                {"municipality_no": number, "municipality": called} if number else {"municipality": called}
            )
        elif name is Field.NOTE_ON:
            found.note_on = value
        elif name is Field.NEXT_STEP:
            found.step = value
        elif name is Field.NEXT_STEP_ON:
            found.step_on = value
        else:
            record, key = _KEYS[name]
            getattr(found, record)[key] = value


def masked(cells: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """The cells without national identity numbers, and the columns that had one."""
    if not any(sum(map(str.isdigit, cell)) > 10 for cell in cells if len(cell) > 10):
        return tuple(cells), []
    clean = tuple(mask_personal(cell) for cell in cells)
    return clean, [place for place, (old, new) in enumerate(zip(cells, clean, strict=True)) if old != new]
