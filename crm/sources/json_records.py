"""Records from JSON: the bulk file's long array, a page of search results, or a single unit.

The array is read by ijson over its C library: 73,000 units a second from gzip on one core where the whole
load is to manage 10,000, exact about the number of the unit that is broken, and flat in memory. Cutting
the array by hand for the standard library gave 95,000, which is not worth a parser of one's own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import BinaryIO, NoReturn, cast

import ijson

from crm.errors import InvalidInput, said
from crm.sources.units import Rejected

# A page of 10,000 units, the most the API gives, is some 20 MB.
LARGEST_DOCUMENT = 64 * 1024 * 1024
_MARKS = {"organisasjonsnummer", "_embedded", "page", "_links"}
_LISTS = ("enheter", "underenheter", "oppdaterteEnheter", "oppdaterteUnderenheter")


def json_records(stream: BinaryIO, name: str) -> Iterator[tuple[int, dict[str, object] | Rejected]]:
    """Each object with its number from 1; InvalidInput where the JSON is broken, naming the unit."""
    number = 0
    try:
        for number, item in enumerate(_items(stream, name), start=1):
            if not isinstance(item, dict):
                _refuse(said("Enhet nr. %(number)s i «%(file)s» er ikke et JSON-objekt."), name, number)
            yield number, item
    except ijson.JSONError as error:
        if "EOF" in str(error):
            _refuse(
                said("Filen «%(file)s» slutter midt i enhet nr. %(number)s. Hent den på nytt."),
                name,
                number + 1,
            )
        _refuse(said("Filen «%(file)s» har ødelagt JSON i enhet nr. %(number)s."), name, number + 1)


def records_of(document: object) -> list[dict[str, object]]:
    """The records of an answer: a page's list, or the unit itself; ValueError where it is neither."""
    if not isinstance(document, dict) or not document.keys() & _MARKS:
        raise ValueError("no answer of the register")
    if "organisasjonsnummer" in document:
        return [document]
    embedded = document.get("_embedded", {})
    if not isinstance(embedded, dict):
        raise TypeError("_embedded is no object")
    lists = [embedded.get(key, []) for key in _LISTS]
    if not all(isinstance(found, list) for found in lists):
        raise TypeError("what should be a list is none")
    return [record for found in lists for record in found]


def parse_document(body: bytes) -> object:
    """JSON as the standard says it: no NaN, no lone surrogates; ValueError otherwise."""
    document = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    if b"\\u" in body:
        json.dumps(document, ensure_ascii=False).encode()
    return document


def _items(stream: BinaryIO, name: str) -> Iterator[object]:
    start = cast("io.BufferedReader", stream).peek(64)
    if start.lstrip().startswith(b"{"):
        yield from _single_document(stream, name)
    else:
        yield from ijson.items(stream, "item")


def _single_document(stream: BinaryIO, name: str) -> list[dict[str, object]]:
    body = stream.read(LARGEST_DOCUMENT + 1)
    if len(body) > LARGEST_DOCUMENT:
        raise InvalidInput(
            "«%(file)s» er et for stort svar. Bruk filen med alle enheter.", field="file", file=name
        )
    try:
        document = parse_document(body)
    except ValueError as error:
        raise InvalidInput("Filen «%(file)s» har ødelagt JSON.", field="file", file=name) from error
    try:
        return records_of(document)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            "«%(file)s» er ikke JSON fra Enhetsregisteret.", field="file", file=name
        ) from error


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _refuse(sentence: str, name: str, number: int) -> NoReturn:
    raise InvalidInput(sentence, field="file", file=name, number=number)
