"""How far apart places lie, as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

Position = tuple[float, float]
_EARTH_KM = 6371.0


def kilometres(one: Position, other: Position) -> float:
    """Between two places, each as latitude and longitude in degrees.

    Examples
    --------
    >>> round(kilometres((60.88, 11.56), (60.79, 11.07)))
    28
    """
    north, east, north2, east2 = map(radians, (*one, *other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))
