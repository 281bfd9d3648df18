"""Companies that stand alike to every need, by what a signal knows of them: a kind is read once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from copy import copy
from typing import Any, TypeVar

import numpy as np

_Estimator = TypeVar("_Estimator")


def kinds_of(*known: Any) -> Any:
    """A number for each company, the same where all that is known is the same; unknown is like unknown.

    Examples
    --------
    >>> kinds_of(np.array([1.0, np.nan, 1.0, np.nan]), np.array(["a", "b", "a", "b"])).tolist()
    [0, 1, 0, 1]
    """
    kinds = np.zeros(len(known[0]), dtype=np.int64)
    for each in known:
        values, numbers = np.unique(each, return_inverse=True)
        kinds = kinds * len(values) + numbers
        kinds = np.unique(kinds, return_inverse=True)[1]
    return kinds


def kinds_of_each(known: Iterable[Hashable]) -> Any:
    """As ``kinds_of``, for what is no array."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(each, len(numbers)) for each in known], dtype=np.int64)


def first_of_each(kinds: Any) -> Any:
    """The first company of each kind."""
    return np.unique(kinds, return_index=True)[1]


def picked(estimator: _Estimator, columns: Any, *names: str) -> _Estimator:
    """A fitted estimator that knows some of its companies only: its arrays of these names are cut."""
    some = copy(estimator)
    for name in names:
        setattr(some, name, getattr(estimator, name)[columns])
    return some
