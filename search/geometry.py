"""Boxes and distances on the globe, as far as a search needs them. Degrees are WGS 84."""

import math
from dataclasses import dataclass

_METRES_PER_DEGREE = 111_195.0
_EARTH_RADIUS_M = 6_371_008.8
_GRID = 100_000  # steps in a degree: about a metre
_WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees, edges included."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, near: tuple[float, float, float]) -> "Box":
        """Return the box about a circle given as lon, lat, radius in metres."""
        lon, lat, radius_m = near
        high = radius_m / _METRES_PER_DEGREE * 1.001
        wide = high / max(0.01, math.cos(math.radians(lat)))
        return cls(lon - wide, lat - high, lon + wide, lat + high).within(cls(*_WORLD))

    @property
    def is_empty(self) -> bool:
        """Return whether nothing lies inside."""
        return self.west > self.east or self.south > self.north

    def within(self, other: "Box") -> "Box":
        """Return what two boxes share (west may pass east when that is nothing)."""
        return Box(
            max(self.west, other.west),
            max(self.south, other.south),
            min(self.east, other.east),
            min(self.north, other.north),
        )


def box_of(
    bbox: tuple[float, float, float, float] | None, near: tuple[float, float, float] | None
) -> Box | None:
    """Return the box that holds everything asked for, or None when no place was asked for."""
    if bbox is None and near is None:
        return None
    box = Box(*(bbox or _WORLD)).within(Box(*_WORLD))
    return box.within(Box.around(near)) if near else box


def to_grid(degrees: float) -> int:
    """Return a longitude or latitude as a whole number of steps from the antimeridian or beyond the pole."""
    return round((degrees + 180.0) * _GRID)


def from_grid(steps: float) -> float:
    """Return the degrees that `to_grid` made into steps."""
    return steps / _GRID - 180.0


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return metres along a great circle.

    Source: the haversine formula on a sphere of the mean Earth radius; within 0.6 % of the ellipsoid.
    """
    half_lat, half_lon = math.radians(other_lat - lat) / 2, math.radians(other_lon - lon) / 2
    chord = math.sin(half_lat) ** 2
    chord += math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))
