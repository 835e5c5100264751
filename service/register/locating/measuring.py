"""Whether a point lies in an area, and how far it is from the border, in metres on the ellipsoid (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, degrees, radians, sin, sqrt

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry import MultiPolygon

_GEOD = Geod(ellps="GRS80")
_A = _GEOD.a
_E2 = _GEOD.es


@dataclass(frozen=True, slots=True)
class Ground:
    """An area prepared for questions about points; the arrays are its border's segments, degrees in CRS84."""

    polygons: MultiPolygon
    starts: NDArray[np.float64]
    steps: NDArray[np.float64]

    @classmethod
    def of(cls, polygons: MultiPolygon) -> Ground:
        """Return the area, prepared."""
        shapely.prepare(polygons)
        borders = shapely.get_rings(shapely.get_parts(polygons))
        coordinates, rings = shapely.get_coordinates(borders, return_index=True)
        is_segment = rings[1:] == rings[:-1]
        starts = coordinates[:-1][is_segment]
        return cls(polygons, starts, coordinates[1:][is_segment] - starts)

    @property
    def vertices(self) -> int:
        """How many segments the border has."""
        return len(self.starts)


def covering(grounds: Sequence[Ground], longitude: float, latitude: float) -> list[bool]:
    """Return for each area whether the point lies in it; its border belongs to it."""
    found = shapely.intersects_xy([ground.polygons for ground in grounds], longitude, latitude)
    return [bool(each) for each in np.atleast_1d(found)]


def distances_m(grounds: Sequence[Ground], longitude: float, latitude: float) -> list[float]:
    """Return for each area the geodesic distance from the point to its border in metres, never negative.

    The nearest spot of the border is sought in a plane that touches the ellipsoid at the point, where
    distances are true up to millimetres nearby; the distance to that spot is the geodesic one. All borders
    are gone through at once: a call for each would cost more than the arithmetic.
    """
    if not grounds:
        return []
    east_m, north_m = metres_per_degree(latitude)
    scale = np.array((east_m, north_m))
    start = (np.concatenate([ground.starts for ground in grounds]) - (longitude, latitude)) * scale
    step = np.concatenate([ground.steps for ground in grounds]) * scale
    length2 = np.einsum("ij,ij->i", step, step)
    along = -np.einsum("ij,ij->i", start, step) / np.where(length2 > 0, length2, 1)
    gap = start + step * np.clip(along, 0, 1)[:, None]
    metres2 = np.einsum("ij,ij->i", gap, gap)
    ends = np.cumsum([ground.vertices for ground in grounds])
    spots = [begin + int(np.argmin(metres2[begin:end])) for begin, end in zip((0, *ends), ends, strict=False)]
    nearest = gap[spots] / (max(east_m, 1e-9), north_m) + (longitude, latitude)
    count = len(spots)
    _, _, metres = _GEOD.inv([longitude] * count, [latitude] * count, nearest[:, 0], nearest[:, 1])
    return [float(each) for each in metres]


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Return the metres of one degree of longitude and of latitude at a latitude, on GRS 80."""
    curve = 1 - _E2 * sin(radians(latitude)) ** 2
    across = _A / sqrt(curve)
    return radians(1) * across * cos(radians(latitude)), radians(1) * across * (1 - _E2) / curve


def box_around(longitude: float, latitude: float, metres: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of a box that holds every point within the distance, in degrees."""
    east_m, north_m = metres_per_degree(min(abs(latitude) + degrees(metres / _A), 89.0))
    wide, high = metres / max(east_m, 1.0) * 1.01, metres / north_m * 1.01
    return (
        max(longitude - wide, -180.0),
        max(latitude - high, -90.0),
        min(longitude + wide, 180.0),
        min(latitude + high, 90.0),
    )
