"""Companies' profiles as two arrays, each written out where somebody asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self, overload

import numpy as np

from crm.matchmaker.profiles import CompanyProfile, Evidence

_NAMES = tuple(field.name for field in fields(CompanyProfile))
_LISTS = ("nace", "nace_names", "segments")
_PLAIN = CompanyProfile(key="")


@dataclass(frozen=True, slots=True)
class KeptProfiles(Sequence[CompanyProfile]):
    """Profile ``i`` is the JSON ``said[ends[i] : ends[i + 1]]``, in which only what is known stands."""

    ends: Any
    said: Any

    @classmethod
    def of(cls, companies: Iterable[CompanyProfile]) -> Self:
        said, ends = bytearray(), [0]
        for company in companies:
            said += json.dumps(_told(company), ensure_ascii=False, separators=(",", ":")).encode()
            ends.append(len(said))
        return cls(np.array(ends, dtype=np.int64), np.frombuffer(said or b"", dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, place: int) -> CompanyProfile: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[CompanyProfile]: ...
    def __getitem__(self, place: int | slice) -> CompanyProfile | Sequence[CompanyProfile]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        start, stop = self.ends[place % len(self)], self.ends[place % len(self) + 1]
        return _profile(json.loads(self.said[start:stop].tobytes()))


def _told(company: CompanyProfile) -> dict[str, Any]:
    """What is known of a company."""
    values = {name: getattr(company, name) for name in _NAMES}
    told = {name: value for name, value in values.items() if value != getattr(_PLAIN, name)}
    if company.evidence:
        told["evidence"] = [[deed.text, deed.count, deed.source] for deed in company.evidence]
    return told


def _profile(told: dict[str, Any]) -> CompanyProfile:
    told |= {name: tuple(told[name]) for name in _LISTS if name in told}
    if "evidence" in told:
        deeds = told["evidence"]
        told["evidence"] = tuple(
            Evidence(text=text, count=count, source=source) for text, count, source in deeds
        )
    return CompanyProfile(**told)
