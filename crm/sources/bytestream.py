"""Looking at the first bytes of a stream that cannot be wound back, such as standard input."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 16_384


class Prefixed(io.RawIOBase):
    """Bytes already read, followed by the rest of the stream they came from."""

    def __init__(self, prefix: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._prefix = prefix
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._prefix:
            piece = self._rest.read(len(view))
        else:
            piece, self._prefix = self._prefix[: len(view)], self._prefix[len(view) :]
        view[: len(piece)] = piece
        return len(piece)


def read_head(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and a stream that gives them once more and then the rest."""
    head = stream.read(HEAD)
    whole = io.BufferedReader(Prefixed(head, stream), buffer_size=1 << 18)
    return head, cast("BinaryIO", whole)
