"""Loops over arrays, compiled to machine code the first time they run and kept for the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

_Loop = TypeVar("_Loop", bound=Callable[..., object])


def compiled(loop: _Loop) -> _Loop:
    """A loop as machine code that lets other threads run; where nothing can be kept, compiled each time."""
    try:
        return cast("_Loop", njit(nogil=True, cache=True)(loop))
    except RuntimeError:  # neither beside the source nor in the user's own cache may anything be written
        return cast("_Loop", njit(nogil=True)(loop))
