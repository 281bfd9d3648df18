"""Opening a file somebody named, and saying in one sentence why it cannot be opened."""

from __future__ import annotations

from typing import BinaryIO

from crm.errors import InvalidInput, UpstreamError


def opened(path: str) -> BinaryIO:
    """The file for reading; InvalidInput where there is none, UpstreamError where it cannot be read."""
    try:
        return open(path, "rb")  # noqa: PTH123  (a plain path from a command; closed by the caller)
    except FileNotFoundError as error:
        raise InvalidInput("Fant ikke filen «%(file)s».", field="file", file=path) from error
    except IsADirectoryError as error:
        raise InvalidInput("«%(file)s» er en mappe, ikke en fil.", field="file", file=path) from error
    except ValueError as error:
        raise InvalidInput("«%(file)s» kan ikke være et filnavn.", field="file", file=repr(path)) from error
    except OSError as error:
        raise unreadable(path) from error


def unreadable(name: str) -> UpstreamError:
    return UpstreamError("Filen «%(file)s» lar seg ikke lese. Se etter rettigheter og disk.", file=name)
