"""The text in files: plain, in spreadsheets, archives and models, and what is written in codes."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from crm.privacy.likeness import Likeness

_LARGEST = 256 * 1024 * 1024
_INNER = 64 * 1024 * 1024
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_NUMBERS = re.compile(rb"^\x93NUMPY.{2,6}\{'descr': '[<>|=]?[bifu]", re.DOTALL)


def texts(content: bytes) -> Iterator[str]:
    """What can be read in some bytes, in the encodings our files come in."""
    if content.startswith(b"PK\x03\x04"):
        yield from _in_archive(content)
    elif content.startswith(b"\x1f\x8b"):
        yield from texts(gzip.GzipFile(fileobj=BytesIO(content)).read(_INNER))
    elif _NUMBERS.match(content[:200]):
        return
    else:
        yield from _decoded(content)


def naming(folder: Path, person: Likeness, *, aside: frozenset[Path] = frozenset()) -> list[Path]:
    """The files under a folder whose name or text names a person; those ``aside`` are not looked into."""
    if not folder.is_dir():
        return []
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in aside]
    return [path for path in files if person.is_in(path.name) or _names(path, person)]


def _names(path: Path, person: Likeness) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return False
        return any(person.is_in(text) for text in texts(path.read_bytes()))
    except (OSError, EOFError, zipfile.BadZipFile):
        return False


def _in_archive(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.infolist():
                yield member.filename
                if member.file_size <= _INNER:
                    yield from _decoded(archive.read(member))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        yield from _decoded(content)


def _decoded(content: bytes) -> Iterator[str]:
    """A text in UTF-8 as it is and with codes spelled out; in the older encodings where it is not UTF-8."""
    if b"\0" in content[:4000]:
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
            yield content.decode(encoding, errors="ignore")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="ignore")
        yield content.decode("cp1252", errors="replace")
    yield text
    if "\\u" in text:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "%" in text:
        yield unquote(text)
