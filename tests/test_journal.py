"""A line of the log tells what happened and where, and nothing of what anybody typed."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from crm import journal
from crm.errors import InvalidInput

MARKER = "Kari Marker 22 00 00 00"


def record(message: str, *values: object, error: bool = False) -> logging.LogRecord:
    trace = sys.exc_info() if error else None
    return logging.LogRecord("crm.test", logging.WARNING, __file__, 1, message, values, trace)


def failed(kind: type[Exception] = ValueError) -> logging.LogRecord:
    try:
        try:
            int(MARKER)
        except ValueError as cause:
            raise kind(MARKER) from cause
    except kind:
        return record("it stopped", error=True)


@pytest.mark.parametrize("line", [journal.TextLine(), journal.JsonLine()])
def test_an_error_is_told_by_kind_and_place_and_never_by_its_own_words(line: logging.Formatter):
    told = line.format(failed(KeyError))
    assert MARKER not in told
    assert "KeyError" in told
    assert "ValueError" in told
    assert "tests/test_journal.py" in told


def test_our_own_sentences_are_told_without_the_values_in_them():
    def refuse() -> None:
        raise InvalidInput("Verdien «%(value)s» er feil.", value=MARKER)

    try:
        refuse()
    except InvalidInput:
        told = journal.JsonLine().format(record("it stopped", error=True))
    assert MARKER not in told
    assert "%(value)s" in told


@pytest.mark.parametrize("line", [journal.TextLine(), journal.JsonLine()])
def test_an_event_is_one_line_whatever_is_in_it(line: logging.Formatter):
    told = line.format(record("first\r\nsecond \x1b[31mred\u2028third\x00 %s", "x" * 1_000_000))
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told
    assert len(told) < 3000


def test_a_json_line_is_an_object_with_the_same_names_every_time():
    told = json.loads(journal.JsonLine().format(record("hello %s", "you")))
    assert told == {
        "time": told["time"],
        "level": "WARNING",
        "logger": "crm.test",
        "message": "hello you",
    }
    assert told["time"].endswith("Z")


def test_installing_twice_logs_once(capsys: pytest.CaptureFixture[str]):
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        journal.install("text")
        journal.install("json")
        logging.getLogger("crm.test").warning("hello")
        assert len(capsys.readouterr().err.splitlines()) == 1
    finally:
        root.handlers[:] = before
        root.setLevel(level)
