"""A file on its way to disk: it appears when it is whole, and goes on where it was cut off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from crm.errors import UpstreamError


class Part:
    """What has come of a file so far, beside its place, with the host's mark of which file it is."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.part")
        self._mark = target.with_name(f"{target.name}.part.etag")

    @property
    def size(self) -> int:
        """Bytes that came before it was cut off; 0 where nothing can go on."""
        return self._path.stat().st_size if self._path.exists() and self._mark.exists() else 0

    def asking(self) -> dict[str, str]:
        """The headers that ask for the rest, and for all of it where the file has changed."""
        if not self.size:
            return {}
        mark = self._mark.read_text(encoding="utf-8")
        return {"Range": f"bytes={self.size}-", "If-Range": mark}

    def store(
        self,
        pieces: Iterator[bytes],
        *,
        start: int,
        total: int | None,
        etag: str | None,
        progress: Callable[[int, int | None], None] | None,
    ) -> int:
        """Write the pieces after the first ``start`` bytes; gives the size of the file, now in its place.

        What was broken off stays to be gone on with where the host has marked it with ``etag``; what the disk
        refuses, or is too much, does not.
        """
        size, kept = start, False
        try:
            if etag:
                self._mark.write_text(etag, encoding="utf-8")
            with self._path.open("ab" if start else "wb") as file:
                for piece in pieces:
                    file.write(piece)
                    size += len(piece)
                    if progress:
                        progress(size, total)
                file.flush()
                os.fsync(file.fileno())
            self._path.replace(self._target)
        except OSError as error:
            raise UpstreamError(
                "Fikk ikke lagret «%(file)s». Se etter plass og rettigheter.", file=self._target.name
            ) from error
        except UpstreamError:
            raise
        except BaseException:
            kept = etag is not None
            raise
        finally:
            if not kept:
                self.drop()
        return size

    def drop(self) -> None:
        for path in (self._path, self._mark):
            path.unlink(missing_ok=True)
