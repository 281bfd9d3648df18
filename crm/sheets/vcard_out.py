"""Persons as vCard 4.0 (RFC 6350), the form every address book reads; one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from icalendar.parser import Contentline, Parameters
from icalendar.prop import vText

from crm.sheets.columns import Written
from crm.sheets.plain_text import cell_text


@dataclass(frozen=True, slots=True)
class Card:
    """A person; ``uid`` stays the same from one export to the next, so that cards are updated."""

    uid: str
    name: str
    organisation: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""


def write_vcards(cards: Iterable[Card], stream: BinaryIO) -> Written:
    """Write each card to a binary stream, which stays open."""
    count = replaced = 0
    for card in cards:
        count += 1
        for line, changed in _lines(card):
            stream.write(line)
            replaced += changed
    return Written(rows=count, replaced=replaced)


def _lines(card: Card) -> Iterator[tuple[bytes, bool]]:
    given, _, family = card.name.rpartition(" ")
    yield b"BEGIN:VCARD\r\nVERSION:4.0\r\n", False
    yield _line("UID", card.uid)
    yield _line("FN", card.name)
    yield _structured("N", (family, given, "", "", ""))
    for name, value in (("ORG", card.organisation), ("TITLE", card.title), ("EMAIL", card.email)):
        if value:
            yield _line(name, value)
    if card.phone:
        yield _line("TEL", f"tel:{card.phone}", VALUE="uri")
    yield b"END:VCARD\r\n", False


def _line(name: str, text: str, **parameters: str) -> tuple[bytes, bool]:
    """One line, escaped and folded; and whether a character no file can hold was replaced."""
    clean, changed = cell_text(text)
    whole = Contentline.from_parts(name, Parameters(parameters), vText(clean))
    return whole.to_ical() + b"\r\n", changed


def _structured(name: str, parts: tuple[str, ...]) -> tuple[bytes, bool]:
    """A line of several parts, whose own semicolons stand unescaped."""
    clean = [cell_text(part) for part in parts]
    value = ";".join(vText(text).to_ical().decode() for text, _changed in clean)
    line = bytes(Contentline(f"{name}:{value}").to_ical())  # type: ignore[no-untyped-call]
    return line + b"\r\n", any(changed for _text, changed in clean)
