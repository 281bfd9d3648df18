"""Fitted estimators as arrays and JSON, and back: no code is kept, and none but our own classes are made."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from scipy import sparse

_OURS = "crm.matchmaker."
# Lists longer than this are kept as arrays where they can be.
_LONG = 1000
# What is remembered for a while alone, and what stands in its place.
_FLEETING: Mapping[str, Any] = {"_read": {}, "_lately": (None, {})}
_SEPARATOR = "\0"


class Freezer:
    """Turns objects into plain values and ``arrays``; what is held twice is kept once.

    ``handed`` are objects that are not kept but handed over again at thawing, by name.
    """

    def __init__(self, handed: Mapping[str, Any]) -> None:
        self.arrays: dict[str, Any] = {}
        self._handed = {id(each): name for name, each in handed.items() if each is not None}
        self._numbers: dict[int, int] = {}
        self._held: list[Any] = []

    def freeze(self, value: Any) -> Any:
        """A value as JSON can hold it; TypeError for what is neither plain nor ours."""
        if id(value) in self._handed:
            return {"handed": self._handed[id(value)]}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if sparse.issparse(value):
            parts = [self._array(part) for part in (value.data, value.indices, value.indptr)]
            return {"csr": parts, "shape": list(map(int, value.shape))}
        return self._freeze_held(value)

    def _freeze_held(self, value: Any) -> Any:
        if isinstance(value, dict):
            held = [self.freeze(list(value)), self.freeze(list(value.values()))]
            return {"counter" if isinstance(value, Counter) else "dict": held}
        if isinstance(value, (set, frozenset)):
            return {"set": self.freeze(sorted(value))}
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            return self._freeze_row(value)
        return self._freeze_object(value)

    def _freeze_row(self, row: Sequence[Any]) -> Any:
        kind = "tuple" if isinstance(row, tuple) else "list"
        if len(row) <= _LONG:
            return {kind: [self.freeze(each) for each in row]}
        if all(type(each) is int for each in row):
            return {"numbers": self._array(np.array(row, dtype=np.int64)), "as": kind}
        if all(type(each) is str and _SEPARATOR not in each for each in row):
            said = np.frombuffer(_SEPARATOR.join(row).encode(), dtype=np.uint8)
            return {"words": self._array(said), "as": kind}
        first = {id(each): each for each in row}
        number = {each: place for place, each in enumerate(first)}
        picked = self._array(np.array([number[id(each)] for each in row], dtype=np.int32))
        return {"picked": picked, "of": [self.freeze(each) for each in first.values()], "as": kind}

    def _freeze_object(self, value: Any) -> Any:
        """An object of ours by its class and fields, or the number of one met before."""
        if id(value) in self._numbers:
            return {"met": self._numbers[id(value)]}
        kind = type(value)
        if not kind.__module__.startswith(_OURS):
            raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not kept")
        number = self._numbers[id(value)] = len(self._numbers)
        self._held.append(value)
        state = {name: self.freeze(_FLEETING.get(name, held)) for name, held in _state(value).items()}
        return {"is": f"{kind.__module__}:{kind.__qualname__}", "number": number, "state": state}

    def _array(self, array: Any) -> str:
        name = f"a{self._numbers.setdefault(id(array), len(self._numbers))}"
        self._held.append(array)
        self.arrays[name] = array
        return name


class Thawer:
    """Makes of plain values and arrays what was frozen; ValueError for what nobody froze."""

    def __init__(self, arrays: Mapping[str, Any], handed: Mapping[str, Any]) -> None:
        self._arrays, self._handed = arrays, handed
        self._met: dict[int, Any] = {}

    def thaw(self, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        kind = next(iter(told))
        made = getattr(self, f"_of_{kind}", None)
        if made is None:
            raise ValueError(f"nothing is known of {kind}")
        return made(told)

    def _of_handed(self, told: Any) -> Any:
        return self._handed[told["handed"]]

    def _of_array(self, told: Any) -> Any:
        return np.asarray(self._arrays[told["array"]])

    def _of_csr(self, told: Any) -> Any:
        data, columns, ends = (self._arrays[name] for name in told["csr"])
        return sparse.csr_matrix((data, columns, ends), shape=tuple(told["shape"]))

    def _of_dict(self, told: Any) -> Any:
        names, values = map(self.thaw, told["dict"])
        return dict(zip(names, values, strict=True))

    def _of_counter(self, told: Any) -> Any:
        return Counter(self._of_dict({"dict": told["counter"]}))

    def _of_set(self, told: Any) -> Any:
        return frozenset(self.thaw(told["set"]))

    def _of_list(self, told: Any) -> Any:
        return [self.thaw(each) for each in told["list"]]

    def _of_tuple(self, told: Any) -> Any:
        return tuple(self.thaw(each) for each in told["tuple"])

    def _of_numbers(self, told: Any) -> Any:
        return _as(told, self._arrays[told["numbers"]].tolist())

    def _of_words(self, told: Any) -> Any:
        return _as(told, self._arrays[told["words"]].tobytes().decode().split(_SEPARATOR))

    def _of_picked(self, told: Any) -> Any:
        each = [self.thaw(one) for one in told["of"]]
        return _as(told, [each[number] for number in self._arrays[told["picked"]].tolist()])

    def _of_met(self, told: Any) -> Any:
        return self._met[told["met"]]

    def _of_is(self, told: Any) -> Any:
        module, name = told["is"].split(":")
        if not module.startswith(_OURS):
            raise ValueError(f"{module} is none of ours")
        kind = getattr(importlib.import_module(module), name)
        if hasattr(kind, "_fields"):
            made = kind(**{name: self.thaw(held) for name, held in told["state"].items()})
            self._met[told["number"]] = made
            return made
        made = self._met[told["number"]] = object.__new__(kind)
        for name, held in told["state"].items():
            object.__setattr__(made, name, self.thaw(held))
        return made


def _state(value: Any) -> dict[str, Any]:
    """The fields of an object of ours."""
    if hasattr(value, "_fields"):
        return dict(value._asdict())
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(vars(value))


def _as(told: Mapping[str, Any], row: list[Any]) -> Any:
    return tuple(row) if told["as"] == "tuple" else row
