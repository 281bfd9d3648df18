"""Who does the ranking's heavy part: threads of this process, unless joblib was told of processes or Dask."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from crm.matchmaker.field import Field, Weighed, best_in
from crm.matchmaker.postings import Best


def each_part(field: Field, parts: Iterable[Weighed], top: int) -> Iterator[Best]:
    """The best of each part of needs, in their order, whoever finds them.

    Under ``joblib.parallel_config`` its backend is used. Processes are handed the name of a folder with the
    field's arrays, which they map; those on other machines must see it too (see ``TMPDIR``).
    """
    backend, hands = get_active_backend()
    if hands == 1 or getattr(backend, "supports_sharedmem", False):
        yield from Parallel(n_jobs=-1 if hands == 1 else hands, prefer="threads")(
            delayed(best_in)(field, some, top) for part in parts for some in _split(part)
        )
        return
    with tempfile.TemporaryDirectory(prefix="companies-") as folder:
        field.write(Path(folder) / "field")
        yield from Parallel()(
            delayed(best_in_folder)(f"{folder}/field", some, top) for part in parts for some in _split(part)
        )


def best_in_folder(folder: str, asked: Weighed, top: int) -> Best:
    """As ``best_in``, of a field that was written."""
    return best_in(_opened(folder), asked, top)


@lru_cache(maxsize=1)
def _opened(folder: str) -> Field:
    return Field.open(Path(folder))


def _split(part: Weighed) -> Iterator[Weighed]:
    """The needs of a part in as many runs as this machine has processors."""
    count, hands = len(part.needs.ends) - 1, os.cpu_count() or 1
    for start, stop in pairwise(count * number // hands for number in range(hands + 1)):
        if start < stop:
            gone = part.gone[start : stop + 1]
            yield part._replace(
                needs=part.needs.part(start, stop),
                tables=part.tables[start:stop],
                limited=part.limited[start:stop],
                gone=gone,
            )
