"""Validated input about a spreadsheet: how it is read, what its columns are, and what was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crm.errors import InvalidInput
from crm.exchange.fields import PERSON, SEVERAL, Field
from crm.sheets.day_forms import DayForm, Decimal
from crm.sheets.tables import Form, Reading
from crm.spelling import tidy

_NEEDED = {Field.ORGNR, Field.NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is chosen once for a whole file. ``keep`` names fields whose filled values stay as they are."""

    keep: frozenset[str] = frozenset()
    source: str = ""
    purpose: str = ""
    day_form: DayForm = DayForm.DAY_FIRST
    decimal: Decimal = Decimal.COMMA

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"keep": sorted(self.keep)}


def choices_of(kept: dict[str, Any]) -> Choices:
    """The choices as they were kept."""
    known = {name: kept[name] for name in Choices.__dataclass_fields__ if name in kept}
    known |= {"keep": frozenset(known.get("keep", ()))}
    if "day_form" in known:
        known["day_form"] = DayForm(known["day_form"])
    if "decimal" in known:
        known["decimal"] = Decimal(known["decimal"])
    return Choices(**known)


def reading_of(kept: dict[str, Any]) -> Reading:
    """How a file is read, as it was kept."""
    return Reading(**(kept | {"form": Form(kept["form"])}))


def columns_draft(given: Sequence[str], width: int) -> list[Field]:
    """A field for each column; InvalidInput where two have one field, or none says which company."""
    known = {field.value for field in Field}
    fields = [Field(name) if name in known else Field.NONE for name in given]
    fields = [*fields[:width], *[Field.NONE] * (width - len(fields))]
    twice = next(
        (field for field, count in Counter(fields).items() if count > 1 and field not in SEVERAL), None
    )
    if twice:
        raise InvalidInput(
            "To kolonner kan ikke være det samme feltet. Velg «Ta ikke med» for den ene.", field="columns"
        )
    if not _NEEDED & set(fields):
        raise InvalidInput(
            "Velg hvilken kolonne som har navnet på virksomheten, eller organisasjonsnummeret.",
            field="columns",
        )
    return fields


def choices_draft(
    fields: Sequence[Field],
    *,
    keep: Sequence[str] = (),
    source: str = "",
    purpose: str = "",
    day_form: str = DayForm.DAY_FIRST,
    decimal: str = Decimal.COMMA,
) -> Choices:
    """What is chosen for a file; a file with persons says where they are from and what they are for."""
    clean_source, clean_purpose = tidy(source)[:120], tidy(purpose)[:120]
    if set(fields) & set(PERSON):
        if not clean_source:
            raise InvalidInput(
                "Skriv hvor du har personene fra, for eksempel «messe i mai 2026».", field="source"
            )
        if not clean_purpose:
            raise InvalidInput("Skriv hva dere skal bruke personene til.", field="purpose")
    return Choices(
        keep=frozenset(name for name in keep if name in {field.value for field in Field}),
        source=clean_source,
        purpose=clean_purpose,
        day_form=DayForm(day_form) if day_form in set(DayForm) else DayForm.DAY_FIRST,
        decimal=Decimal(decimal) if decimal in set(Decimal) else Decimal.COMMA,
    )
