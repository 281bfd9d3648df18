"""Where to send a reader on: only ever to a page of our own."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_path(address: str, *, otherwise: str) -> str:
    """The path when it is one of ours, else the other one; a foreign site never."""
    parts = urlsplit(address.strip())
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else otherwise
