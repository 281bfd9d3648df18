"""What the reader opened last: kept in the signed cookie of this browser, so that no page writes a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request, session

_KEPT = 8
_NAME = "recent"
# The page of each kind of record: its endpoint, and what the address calls the record's number.
_PAGES = {
    "companies.show": ("companies", "company_id"),
    "contacts.show": ("contacts", "contact_id"),
    "partners.show": ("partners", "partner_id"),
    "needs.show": ("needs", "need_id"),
}


def opened() -> list[tuple[str, int]]:
    """Kind and number of the records opened last, the newest first."""
    kept = session.get(_NAME)
    if not isinstance(kept, list):
        return []
    return [(pair[0], pair[1]) for pair in kept if _is_pair(pair)]


def by_kind() -> Mapping[str, list[int]]:
    """The numbers opened last, kind by kind."""
    found: dict[str, list[int]] = {}
    for kind, number in opened():
        found.setdefault(kind, []).append(number)
    return found


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[1], int)


def _note(answer: Response) -> Response:
    page = _PAGES.get(request.endpoint or "")
    if page and request.method == "GET" and answer.status_code == 200:
        here = (page[0], int((request.view_args or {})[page[1]]))
        before = opened()
        if not before or before[0] != here:
            session[_NAME] = [here, *(pair for pair in before if pair != here)][:_KEPT]
    return answer


def install(app: Flask) -> None:
    app.after_request(_note)
