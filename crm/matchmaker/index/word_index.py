"""An index of companies' rows that is built once, kept as plain arrays, opened at once, kept up to date."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed

from crm.matchmaker.index.postings import BLOCK, Asked, Best, Postings, seek

_SCHEMA = 1
_NOW, _BEFORE = "index.json", "index.before.json"


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The rows of companies in parts: the first was built, each update added one and took rows from others.

    ``keys`` are those of all companies, as UTF-8 bytes in their order; ``names`` say under which names the
    parts are kept in ``home``. Answers do not depend on how the rows came in.
    """

    keys: Any
    parts: tuple[Postings, ...]
    home: Path | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def build(cls, keys: Sequence[str], rows: Any, *, block: int = BLOCK) -> Self:
        """Index the rows of a CSR matrix by the companies' keys; ValueError where a key stands twice."""
        nothing = cls(np.zeros(0, dtype="S1"), ())
        return nothing.updated(keys, rows, block=block)

    def updated(
        self, keys: Sequence[str], rows: Any, *, gone: Collection[str] = (), block: int = BLOCK
    ) -> Self:
        """Put in companies that are new or changed, and take out those gone; none need be there."""
        fresh, order = np.unique(_encoded(keys), return_index=True)
        if len(fresh) < len(keys):
            raise ValueError("A company stands twice among those to be indexed.")
        leaving = _ranks(self.keys, np.union1d(_encoded(sorted(gone)), fresh))
        stays = np.ones(len(self.keys), dtype=bool)
        stays[leaving] = False
        before = np.searchsorted(fresh, self.keys)  # how many of the new come before each old one
        moved = np.where(stays, np.cumsum(stays) - 1 + before, -1)
        parts = [part._replace(place=_moved(part.place, moved)) for part in self.parts]
        kept = self.keys[stays]
        at = np.searchsorted(kept, fresh)
        place = np.empty(len(fresh), dtype=np.int32)
        place[order] = at + np.arange(len(fresh))
        merged = np.insert(kept.astype(np.promote_types(kept.dtype, fresh.dtype)), at, fresh)
        parts += [Postings.build(rows, place, block=block)] if len(fresh) else []
        return type(self)(merged, tuple(parts), self.home, self.names)

    def best(self, needs: Any, top: int, *, jobs: int = -1) -> list[list[tuple[str, float]]]:
        """The keys and sums of the ``top`` companies most alike each need that share a term with it.

        ``needs`` is a CSR matrix over the same terms; equal sums stand by key.
        """
        asked = Asked.of(needs)
        found: list[list[tuple[str, float]]] = []
        spans = _spans(needs.shape[0], jobs)
        parts = (delayed(best_of)(self.parts, asked.part(*span), top) for span in spans)
        for best in Parallel(n_jobs=jobs, prefer="threads")(parts):
            for scores, places, filled in zip(best.scores, best.places, best.filled, strict=True):
                keys = (key.decode() for key in self.keys[places[:filled]])
                found.append(list(zip(keys, map(float, scores), strict=False)))
        return found

    def write(self, home: Path) -> Self:
        """Keep the index in a folder; what is kept there already is not written again.

        Whoever has the folder's former state open reads on in it; whoever opens it sees the former state
        or this one, whenever the machine stops. The state before it stays until the next.
        """
        home.mkdir(parents=True, exist_ok=True)
        former = _read(home / _NOW)
        state = former["state"] + 1 if former else 1
        known = self.names if self.home == home else ()
        names = [*known, *(f"{state}-{number}" for number in range(len(known), len(self.parts)))]
        for name, part in list(zip(names, self.parts, strict=True))[len(known) :]:
            shutil.rmtree(home / name, ignore_errors=True)
            part.write(home / name)
        np.save(home / f"{state}-keys.npy", self.keys, allow_pickle=False)
        places = [np.zeros(0, dtype=np.int32), *(part.place for part in self.parts)]
        np.save(home / f"{state}-places.npy", np.concatenate(places), allow_pickle=False)
        sizes = [[len(part.place), part.block] for part in self.parts]
        _keep(home, former, {"schema": _SCHEMA, "state": state, "parts": names, "sizes": sizes})
        return self.open(home)

    @classmethod
    def open(cls, home: Path) -> Self:
        """Map the index kept in a folder; ValueError where there is none, or none that is whole."""
        now = _read(home / _NOW)
        if not now or now["schema"] != _SCHEMA:
            raise ValueError(f"There is no index in {home}.")
        try:
            keys = np.load(home / f"{now['state']}-keys.npy", mmap_mode="r")
            places = np.load(home / f"{now['state']}-places.npy", mmap_mode="r")
            ends = np.cumsum([0, *(count for count, _ in now["sizes"])])
            parts = [
                Postings.open(home / name, places[start:stop], block=block)
                for name, (_, block), start, stop in zip(
                    now["parts"], now["sizes"], ends[:-1], ends[1:], strict=True
                )
            ]
        except (OSError, EOFError, ValueError) as damage:
            raise ValueError(f"The index in {home} is damaged: {damage}") from damage
        return cls(np.asarray(keys), tuple(parts), home, tuple(now["parts"]))


def best_of(parts: Sequence[Postings], needs: Asked, top: int) -> Best:
    """The rows most alike each need over all parts."""
    best = Best.none(len(needs.ends) - 1, top)
    for part in parts:
        seek(part, needs, best)
    return best


def _spans(count: int, jobs: int) -> list[tuple[int, int]]:
    """Needs in as many runs as there are hands."""
    hands = min(os.cpu_count() or 1, count) if jobs < 0 else min(jobs, count)
    cuts = [count * number // max(hands, 1) for number in range(hands + 1)]
    return list(pairwise(cuts))


def _encoded(keys: Sequence[str]) -> Any:
    return np.array([key.encode() for key in keys], dtype=np.bytes_)


def _ranks(keys: Any, sought: Any) -> Any:
    """Where those that are among sorted keys stand."""
    at = np.searchsorted(keys, sought)
    inside = at < len(keys)
    return at[inside][keys[at[inside]] == sought[inside]]


def _moved(place: Any, moved: Any) -> Any:
    """Places after others came and went; a row that is gone stays so."""
    new = np.where(place >= 0, moved[place], -1).astype(np.int32) if len(moved) else place.copy()
    new.flags.writeable = False
    return new


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _keep(home: Path, former: Any, now: dict[str, object]) -> None:
    """Let a new state count, and clear what neither it nor the one before it uses."""
    for name, record in ((_BEFORE, former), (_NOW, now)):
        if record:
            beside = home / f"{name}.new"
            beside.write_text(json.dumps(record), encoding="utf-8")
            beside.replace(home / name)
    used = {_NOW, _BEFORE}
    for record in filter(None, (former, now)):
        used |= {*record["parts"], f"{record['state']}-keys.npy", f"{record['state']}-places.npy"}
    for path in home.iterdir():
        if path.name not in used:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
