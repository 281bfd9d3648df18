"""The five things that can go wrong below the entrances.

A message is one sentence in bokmål, with ``%(name)s`` where a value goes: the entrances translate the
sentence and fill it in. It says what was seen and what to do.
"""

from __future__ import annotations


def said(sentence: str) -> str:
    """Mark a sentence for the translators where it stands apart from the error it ends up in."""
    return sentence


class CrmError(Exception):
    """Something the person in front of the program should know; never a programming error."""

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class NotFound(CrmError):  # noqa: N818  (the five names are the house's own)
    """The record does not exist, or the one who asks may not know of it."""


class Conflict(CrmError):  # noqa: N818
    """What was asked does not fit the present state of the record."""


class InvalidInput(CrmError):  # noqa: N818
    """A value cannot be what it should be; ``field`` names it."""


class NotAllowed(CrmError):  # noqa: N818
    """The actor lacks the right."""


class UpstreamError(CrmError):
    """Something outside (the register, a mail server, a disk) failed."""
