"""Whether a point lies in an area, and how far it is from the border, in metres on the ellipsoid (pure)."""

from __future__ import annotations

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

    def covers(self, longitude: float, latitude: float) -> bool:
        """Return whether the point lies in the area; its border belongs to it."""
        return bool(shapely.intersects_xy(self.polygons, longitude, latitude))

    def distance_m(self, longitude: float, latitude: float) -> float:
        """Return the geodesic distance to the border in metres: positive inside, negative outside.

        The nearest spot of the border is sought in a plane that touches the ellipsoid at the point, where
        distances are true up to millimetres nearby; the distance to that spot is the geodesic one.
        """
        east_m, north_m = metres_per_degree(latitude)
        scale = np.array((east_m, north_m))
        start = (self.starts - (longitude, latitude)) * scale
        step = self.steps * scale
        length2 = np.einsum("ij,ij->i", step, step)
        along = -np.einsum("ij,ij->i", start, step) / np.where(length2 > 0, length2, 1)
        gap = start + step * np.clip(along, 0, 1)[:, None]
        east, north = gap[np.argmin(np.einsum("ij,ij->i", gap, gap))]
        metres = _geodesic(longitude, latitude, east / east_m if east_m else 0.0, north / north_m)
        return metres if self.covers(longitude, latitude) else -metres


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Return the metres of one degree of longitude and of latitude at a latitude, on GRS 80."""
    curve = 1 - _E2 * sin(radians(latitude)) ** 2
    across = _A / sqrt(curve)
    return radians(1) * across * cos(radians(latitude)), radians(1) * across * (1 - _E2) / curve


def _geodesic(longitude: float, latitude: float, east: float, north: float) -> float:
    _, _, metres = _GEOD.inv(longitude, latitude, longitude + east, latitude + north)
    return float(metres)


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
