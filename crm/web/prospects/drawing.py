"""A map of municipalities drawn here as SVG: outlines where they are loaded, bubbles at their middles.

Nothing is fetched from anywhere. The drawing is so coarse that the whole country takes few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

from crm.codes.distances import Position

WIDTH, MOST_HEIGHT, MARGIN = 640, 760, 18
# From so many municipalities on the drawing is coarser and without names.
MANY = 80
_LABEL = (62, 13)
_Ring = list[list[float]]
_Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page draws: the size, an SVG path by municipality, and where its bubble stands."""

    width: int
    height: int
    outlines: dict[str, str]
    middles: dict[str, _Point]
    labelled: frozenset[str]
    """The municipalities whose name has room; the first named keep theirs."""


class _Projection:
    """Degrees to points of the drawing: equal areas, seen from the middle of what is shown."""

    def __init__(self, degrees: list[Position]) -> None:
        self._east = sum(east for _, east in degrees) / len(degrees)
        flat = [self._flat(north, east) for north, east in degrees]
        self._left, self._top = min(x for x, _ in flat), max(y for _, y in flat)
        across, down = (
            (max(values) - min(values)) or 0.2 for values in ([x for x, _ in flat], [y for _, y in flat])
        )
        room, most = WIDTH - 2 * MARGIN, MOST_HEIGHT - 2 * MARGIN
        self._scale = min(room / across, most / down)
        self.width = round(across * self._scale) + 2 * MARGIN
        self.height = round(down * self._scale) + 2 * MARGIN

    def _flat(self, north: float, east: float) -> tuple[float, float]:
        return (east - self._east) * cos(radians(north)), north

    def point(self, north: float, east: float) -> _Point:
        x, y = self._flat(north, east)
        return (
            round((x - self._left) * self._scale) + MARGIN,
            round((self._top - y) * self._scale) + MARGIN,
        )


def drawn(places: Mapping[str, Position], outlines: Mapping[str, Any]) -> Drawing | None:
    """The drawing of some municipalities; None where none of them has a known place."""
    rings = {number: list(_rings(outlines[number])) for number in places if number in outlines}
    degrees = list(places.values())
    degrees += [(point[1], point[0]) for found in rings.values() for ring in found for point in ring]
    if not degrees:
        return None
    on = _Projection(degrees)
    step = 1 if len(places) < MANY else 3
    paths = {number: "".join(_path(ring, on, step) for ring in found) for number, found in rings.items()}
    middles = {number: on.point(*place) for number, place in places.items()}
    outlined = {number: path for number, path in paths.items() if path}
    return Drawing(on.width, on.height, outlined, middles, _with_room(middles))


def _with_room(middles: Mapping[str, _Point]) -> frozenset[str]:
    if len(middles) >= MANY:
        return frozenset()
    kept: dict[str, _Point] = {}
    for number, (x, y) in middles.items():
        if all(abs(x - there[0]) > _LABEL[0] or abs(y - there[1]) > _LABEL[1] for there in kept.values()):
            kept[number] = (x, y)
    return frozenset(kept)


def _rings(geometry: Any) -> Iterator[_Ring]:
    """The outer rings of a GeoJSON polygon, or of several."""
    parts = geometry.get("coordinates") or []
    for part in [parts] if geometry.get("type") == "Polygon" else parts:
        if part:
            yield part[0]


def _path(ring: _Ring, on: _Projection, step: int) -> str:
    """A ring in steps of so many points at least; nothing where it is too small to be seen."""
    points: list[_Point] = []
    for east, north, *_ in ring:
        point = on.point(north, east)
        if not points or max(abs(point[0] - points[-1][0]), abs(point[1] - points[-1][1])) >= step:
            points.append(point)
    if len(points) < 4:
        return ""
    steps = [f"{new[0] - old[0]} {new[1] - old[1]}" for old, new in pairwise(points[:-1])]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z"
