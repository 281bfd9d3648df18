"""Keys that order rows by hand: a row moves between two others by writing its own key alone."""

from __future__ import annotations

from datetime import datetime

_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_SIGNS)
_WIDTH = 11
LONGEST = 60


def key_on_top(now: datetime) -> str:
    """A key before every key given earlier: the later the moment, the smaller the key.

    Examples
    --------
    >>> from datetime import UTC
    >>> key_on_top(datetime(2026, 11, 25, tzinfo=UTC)) < key_on_top(datetime(2026, 11, 24, tzinfo=UTC))
    True
    """
    left = _BASE**_WIDTH - 1 - int(now.timestamp() * 1_000_000)
    signs = ""
    for _ in range(_WIDTH):
        left, sign = divmod(left, _BASE)
        signs = _SIGNS[sign] + signs
    return f"m{signs}"


def key_between(above: str | None, below: str | None) -> str | None:
    """A key after ``above`` and before ``below``, compared by code point; None where there is no room.

    Examples
    --------
    >>> key_between("b", "d"), key_between("b", "c"), key_between(None, "b"), key_between("z", None)
    ('c', 'bi', '5', 'zi')
    """
    low, high = above or "", below
    if high is not None and low >= high:
        return None
    made = ""
    while len(made) < LONGEST:
        place = len(made)
        if high is not None and place == len(high):
            return None
        floor = _SIGNS.index(low[place]) if place < len(low) else 0
        ceiling = _SIGNS.index(high[place]) if high is not None else _BASE
        middle = (floor + ceiling) // 2
        if middle > floor:
            return made + _SIGNS[middle]
        made += _SIGNS[floor]
        if floor < ceiling:
            high = None
    return None
