"""How far apart places lie, as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

Position = tuple[float, float]
_EARTH_KM = 6371.0


# Roads are taken to be a third longer than the line; the matchmaker reckons by the same figures.
_WINDING = 4 / 3


def minutes(km: float) -> float:
    """About how long a straight line takes by car: 30 km/h at first, 60 to the next towns, then 75.

    Fjords and ferries are not known.

    Examples
    --------
    >>> [round(minutes(km)) for km in (0, 3, 30, 116)]
    [0, 8, 45, 137]
    """
    road = km * _WINDING
    return min(road, 5) * 2 + min(max(road - 5, 0), 45) + max(road - 50, 0) * 0.8


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
