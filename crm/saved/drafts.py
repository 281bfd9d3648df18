"""Validated input about saved views."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.companies.drafts import company_filter
from crm.errors import InvalidInput
from crm.spelling import tidy

COLUMNS = (
    "what",
    "segments",
    "stage",
    "last_contact",
    "next_step",
    "owner",
    "employees",
    "orgnr",
    "source",
    "phone",
    "home_page",
)
USUAL_COLUMNS = COLUMNS[:5]
_OWN = re.compile(r"own\.[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDraft:
    """A view as its maker wants it kept."""

    name: str
    given: dict[str, str]
    columns: tuple[str, ...]
    shared: bool = False


def view_draft(
    name: str, *, given: Mapping[str, str], columns: Sequence[str] = (), shared: bool = False
) -> ViewDraft:
    """A view from typed values; InvalidInput for no name, and for a filter that cannot be."""
    clean = tidy(name)
    if not clean:
        raise InvalidInput("Gi visningen et navn.", field="name")
    if len(clean) > 60:
        raise InvalidInput("Hold navnet på visningen under 60 tegn.", field="name")
    kept = company_filter(given).given
    return ViewDraft(name=clean, given=kept, columns=known_columns(columns), shared=shared)


def known_columns(named: Sequence[str]) -> tuple[str, ...]:
    """Those of the named columns that may exist, each once; the usual ones where none does.

    An own field is ``own.`` and its code; whether there is such a field is asked where the list is shown.
    """
    known = (name for name in named if name in COLUMNS or _OWN.fullmatch(name))
    return tuple(dict.fromkeys(known)) or USUAL_COLUMNS
