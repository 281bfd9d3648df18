"""Who does the ranking's heavy part: threads of this process, unless joblib was told of processes or Dask."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from joblib import Parallel, delayed, parallel_config
from joblib.parallel import get_active_backend

from crm.errors import UpstreamError, said
from crm.matchmaker.index.field import Field, Weighed
from crm.matchmaker.index.postings import Best
from crm.matchmaker.index.search import best_in

# Processes are handed so few needs at a time that work lost with one of them is soon done again.
_FEW = 8
_SILENT = said("Regneklyngen %(address)s kan ikke brukes: %(why)s. Sjekk CRM_COMPUTE_URL.")


class _Shelf:
    """A folder where fields are written once for those who share it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.written: list[Field] = []

    def path(self, field: Field) -> str:
        number = next((n for n, known in enumerate(self.written) if known is field), len(self.written))
        path = f"{self.folder}/{number}"
        if number == len(self.written):
            field.write(Path(path))
            self.written.append(field)
        return path


_shelf: ContextVar[_Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def spread_over(address: str, shared: Path | None = None) -> Iterator[None]:
    """Let a Dask scheduler's workers rank, by its address; in this process where that is empty.

    The companies are written to a folder in ``shared``, or among the temporary files, which the workers must
    see under the same name. ``distributed`` must be installed here and where the workers run.

    Raises
    ------
    UpstreamError
        ``distributed`` is missing, or the scheduler does not answer.
    """
    if not address:
        yield
        return
    try:
        from distributed import Client  # noqa: PLC0415  (an extra, for this alone)

        scheduler = address.replace("dask://", "tcp://")
        client = Client(scheduler, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (ImportError, OSError, ValueError) as error:
        raise UpstreamError(
            _SILENT, address=address, why=str(error).strip() or type(error).__name__
        ) from error
    with client, _shelf_in(shared), parallel_config(backend="dask", client=client, n_jobs=-1):
        yield


@contextmanager
def _shelf_in(folder: Path | None) -> Iterator[_Shelf]:
    with tempfile.TemporaryDirectory(prefix="companies-", dir=folder) as made:
        shelf = _Shelf(str(Path(made).resolve()))
        token = _shelf.set(shelf)
        try:
            yield shelf
        finally:
            _shelf.reset(token)


def each_part(field: Field, parts: Iterable[Weighed], top: int) -> Iterator[Best]:
    """The best of each part of needs, in their order, whoever finds them.

    Under ``joblib.parallel_config`` its backend is used. Other processes are handed the name of a folder with
    the field's arrays, which they map.
    """
    backend, hands = get_active_backend()
    if hands == 1 or getattr(backend, "supports_sharedmem", False):
        yield from Parallel(n_jobs=-1 if hands == 1 else hands, prefer="threads")(
            delayed(best_in)(field, some, top) for part in parts for some in _split(part, os.cpu_count() or 1)
        )
        return
    shelf = _shelf.get()
    if shelf is None:
        with _shelf_in(None):
            yield from each_part(field, parts, top)
        return
    path = shelf.path(field)
    yield from Parallel()(
        delayed(best_in_folder)(path, some, top)
        for part in parts
        for some in _split(part, -(-(len(part.needs.ends) - 1) // _FEW))
    )


def best_in_folder(folder: str, asked: Weighed, top: int) -> Best:
    """As ``best_in``, of a field that was written."""
    return best_in(_opened(folder), asked, top)


@lru_cache(maxsize=1)
def _opened(folder: str) -> Field:
    return Field.open(Path(folder))


def _split(part: Weighed, pieces: int) -> Iterator[Weighed]:
    """The needs of a part in so many runs."""
    count = len(part.needs.ends) - 1
    for start, stop in pairwise(count * number // pieces for number in range(pieces + 1)):
        if start < stop:
            yield part._replace(
                needs=part.needs.part(start, stop),
                tables=part.tables[start:stop],
                limited=part.limited[start:stop],
                gone=part.gone[start : stop + 1],
            )
