"""The place signal: near is good, far is bad, unknown is neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from crm.matchmaker.kinds import kinds_of, picked
from crm.matchmaker.profiles import CompanyProfile, NeedProfile

EARTH_KM = 6371.0
_WINDING = 4 / 3
SAME_MUNICIPALITY, SAME_COUNTY, OTHER_COUNTY = 0.8, 0.2, -0.2


class PlaceSignal(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """From 1 next door by 0 at ``neutral_minutes`` of travel towards -1; by municipality without points."""

    def __init__(self, *, neutral_minutes: float = 150.0) -> None:
        self.neutral_minutes = neutral_minutes

    def fit(self, companies: Sequence[CompanyProfile], y: object = None) -> Self:  # noqa: ARG002
        self.points_ = _points(companies)
        self.municipalities_ = np.array([company.municipality_no or "" for company in companies], dtype="U8")
        self.counties_ = self.municipalities_.astype("U2")
        return self

    def at(self, columns: Any) -> Self:
        """The same for some of the companies."""
        return picked(self, columns, "points_", "municipalities_", "counties_")

    def kinds(self) -> Any:
        """Numbers that companies share which stand alike to every need."""
        return kinds_of(*self.points_.T, self.municipalities_)

    def kilometres(self, needs: Sequence[NeedProfile]) -> Any:
        """Needs x companies, straight lines; NaN where either point is unknown."""
        check_is_fitted(self, "points_")
        here, there = np.radians(_points(needs))[:, None, :], np.radians(self.points_)[None, :, :]
        halves = np.sin((there - here) / 2) ** 2
        chord = halves[..., 0] + np.cos(here[..., 0]) * np.cos(there[..., 0]) * halves[..., 1]
        return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))

    def transform(self, needs: Sequence[NeedProfile]) -> Any:
        minutes = travel_minutes(self.kilometres(needs))
        by_distance = (self.neutral_minutes - minutes) / (self.neutral_minutes + minutes)
        return np.where(np.isnan(minutes), self._by_municipality(needs), by_distance)

    def _by_municipality(self, needs: Sequence[NeedProfile]) -> Any:
        signal = np.zeros((len(needs), len(self.municipalities_)))
        for row, need in zip(signal, needs, strict=True):
            if need.municipality_no:
                row[self.municipalities_ != ""] = OTHER_COUNTY
                row[self.counties_ == need.municipality_no[:2]] = SAME_COUNTY
                row[self.municipalities_ == need.municipality_no] = SAME_MUNICIPALITY
        return signal


def travel_minutes(km: Any) -> Any:
    """About how long a straight line takes by car: 30 km/h at first, 60 to the next towns, then 75.

    Roads are taken to be a third longer than the line. Fjords and ferries are not known.

    Examples
    --------
    >>> [round(float(travel_minutes(km))) for km in (0, 3, 30, 116)]
    [0, 8, 45, 137]
    """
    road = np.asarray(km, dtype=float) * _WINDING
    return np.minimum(road, 5) * 2 + np.clip(road - 5, 0, 45) + np.maximum(road - 50, 0) * 0.8


def _points(profiles: Sequence[CompanyProfile] | Sequence[NeedProfile]) -> Any:
    """Latitude and longitude of each, NaN where not both are known."""
    points = [(p.latitude, p.longitude) for p in profiles]
    known = [pair if None not in pair else (np.nan, np.nan) for pair in points]
    return np.array(known, dtype=float).reshape(len(known), 2)
