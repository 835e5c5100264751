"""Telling whether an area stands shifted (GCJ-02, BD-09) by the stretch of the district's border it follows.

The shift here is some 520 m (GCJ-02) or 1,100 m (BD-09); the outline is good to 60-180 m. So an area that shares
several kilometres of the border tells its datum: unshifted as one of the three, it runs along the outline, and
as the others it does not. An area inside the district tells nothing, and then nothing is said. How often this
tells, and that it never told wrongly, is measured in tests/register/test_area_systems.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from service.register.surveying.datums import to_wgs84
from service.vocabulary import Datum

NEAR_M = 200.0
"""How far from the outline a border may run: the outline's own error, rounded up."""

LEAST_SHARED_M = 6_000.0
LEAST_RATIO = 2.0
_STEP_M = 50.0
_MOST_POINTS = 10_000
_METRES = 111_320.0
_ASKED = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


@dataclass(frozen=True, slots=True)
class Fit:
    """How an area fits the district's border: metres that run along it on each datum, and the datum they tell."""

    shared_m: dict[Datum, float]
    told: Datum | None


def fit_of(area: MultiPolygon, outline: BaseGeometry) -> Fit:
    """Return how the area, as given, fits the outline (both longitude, latitude) on each datum.

    `told` is None when the area shares too little of the border, or fits two datums about as well.
    """
    border = in_metres(outline, outline).boundary
    shared = {datum: _shared(in_metres(to_wgs84(area, datum), outline), border) for datum in _ASKED}
    best, second = sorted(shared, key=lambda datum: shared[datum], reverse=True)[:2]
    is_told = shared[best] >= LEAST_SHARED_M and shared[best] >= LEAST_RATIO * shared[second]
    return Fit(shared, best if is_told else None)


def _shared(area: BaseGeometry, border: BaseGeometry) -> float:
    """Return the metres of an area's border that run along another."""
    points = shapely.get_coordinates(shapely.segmentize(area.boundary, _STEP_M))
    if len(points) > _MOST_POINTS:
        points = points[:: len(points) // _MOST_POINTS + 1]
    near = shapely.distance(shapely.points(points), border) < NEAR_M
    return float(near.mean() * area.length) if len(points) else 0.0


def in_metres(found: BaseGeometry, around: BaseGeometry) -> BaseGeometry:
    """Return a geometry in metres on the plane that touches the district; distances of a few km are right to 1 %."""
    middle = around.centroid
    scale = np.array([np.cos(np.radians(middle.y)) * _METRES, _METRES])
    return shapely.transform(found, lambda coordinates: (coordinates - [middle.x, middle.y]) * scale)
