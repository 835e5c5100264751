"""From longitude and latitude to the sheet: Web Mercator fitted into a box, and the scale that results."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from maps.lettering import Box

_EARTH_RADIUS_M: Final = 6_378_137.0
_SMALLEST_EXTENT: Final = math.radians(0.01)  # a single point still gets a sheet of about a kilometre
_POLE: Final = 85.0  # Mercator ends short of the poles

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Mercator radians to pixels: `x = left + factor * mx`, `y = top - factor * my`."""

    factor: float
    left: float
    top: float
    middle: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return the pixel of a point in CRS84."""
        return self.left + self.factor * math.radians(longitude), self.top - self.factor * _mercator(latitude)

    def draw(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a CRS84 geometry in pixels, without vertices that cannot be told apart there."""
        moved = shapely.transform(geometry, self._move)
        return shapely.simplify(moved, 0.3)

    def metres_per_pixel(self) -> float:
        """Return the ground length of a pixel halfway up the sheet."""
        latitude = 2 * math.atan(math.exp(self.middle)) - math.pi / 2
        return _EARTH_RADIUS_M * math.cos(latitude) / self.factor

    def _move(self, points: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        latitude = np.clip(points[:, 1], -_POLE, _POLE)
        y = np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2))
        return np.column_stack(
            (self.left + self.factor * np.radians(points[:, 0]), self.top - self.factor * y)
        )


def read(geometry: Mapping[str, Any]) -> BaseGeometry:
    """Return a GeoJSON geometry as shapely's; coordinates stay longitude, latitude."""
    return shape(dict(geometry))


def bounds_of(geometries: Iterable[BaseGeometry], points: Iterable[tuple[float, float]]) -> Bounds | None:
    """Return west, south, east, north around everything, or None when there is nothing."""
    boxes = [geometry.bounds for geometry in geometries if not geometry.is_empty]
    boxes += [(x, y, x, y) for x, y in points]
    if not boxes:
        return None
    return _reach(min, boxes, 0), _reach(min, boxes, 1), _reach(max, boxes, 2), _reach(max, boxes, 3)


def fit(bounds: Bounds, box: Box) -> Frame:
    """Return the frame that shows `bounds` as large as possible in the middle of `box`."""
    west, east = math.radians(bounds[0]), math.radians(bounds[2])
    south, north = _mercator(bounds[1]), _mercator(bounds[3])
    factor = min(
        (box.right - box.left) / max(east - west, _SMALLEST_EXTENT),
        (box.bottom - box.top) / max(north - south, _SMALLEST_EXTENT),
    )
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    middle = (south + north) / 2
    return Frame(factor, x - factor * (west + east) / 2, y + factor * middle, middle)


def scale_bar(metres_per_pixel: float, longest: float) -> tuple[float, float]:
    """Return metres and pixels of the longest bar of 1, 2 or 5 x 10^n metres within `longest` pixels."""
    most = metres_per_pixel * longest
    step = 10 ** math.floor(math.log10(most))
    metres = max(step * digit for digit in (1, 2, 5) if step * digit <= most)
    return metres, metres / metres_per_pixel


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(max(-_POLE, min(_POLE, latitude))) / 2))


def _reach(choose: Callable[[Iterable[float]], float], boxes: list[Bounds], side: int) -> float:
    return choose(box[side] for box in boxes)
