"""Shapes on the sheet: path data, the faded core of an approximate area, and where its name may stand."""

from collections.abc import Iterator
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from maps.lettering import Point

_SEAM: Final = 0.6  # pixels; closes the hairlines between neighbouring cells
_ROOM_ACROSS: Final = 0.75  # widths of its name that a shape must have to carry it
_ROOM_UP: Final = 1.4
_CLEAR: Final = 4.0
_FADE: Final = 9.0  # pixels; how far the edge of an approximate area fades inwards


def path(shape: BaseGeometry) -> str:
    """Return SVG path data on a grid of a tenth of a pixel: relative steps, no vertex twice."""
    return "".join(
        _ring(ring) for polygon in polygons(shape) for ring in (polygon.exterior, *polygon.interiors)
    )


def polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """Return the polygons of a shape, largest first; what is not a polygon has no surface to draw."""
    parts = [
        part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty
    ]
    return sorted(parts, key=lambda part: (-part.area, part.bounds))


def about_here(shape: BaseGeometry) -> BaseGeometry:
    """Return cells melted into one shape: lines between them would be read as townships' boundaries."""
    return shapely.union_all(shapely.buffer(shapely.get_parts(shape), _SEAM)).buffer(-_SEAM)


def is_roomy(shape: BaseGeometry) -> bool:
    """Say whether a fading edge would leave anything of the shape to see."""
    return any(shapely.maximum_inscribed_circle(part, 1.0).length > _FADE for part in polygons(shape)[:1])


def anchors(shape: BaseGeometry) -> Iterator[Point]:
    """Yield points well inside the largest part, the roomiest first, for its name to be centred on."""
    parts = polygons(shape)
    if not parts:
        return
    roomiest = shapely.maximum_inscribed_circle(parts[0], tolerance=1.0)
    x, y = roomiest.coords[0]
    yield x, y
    reach = roomiest.length
    for share in (0.35, 0.7, 1.0, 1.4, 1.8, 2.4):
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (1, 1), (1, -1), (-1, 1)):
            candidate = (x + dx * share * reach, y + dy * share * reach)
            if parts[0].contains(shapely.Point(candidate)):
                yield candidate


def around(shape: BaseGeometry, width: float, height: float) -> Iterator[Point]:
    """Yield where the middle of a name stands clear of a shape that has no room for it; nothing for a roomy one."""
    left, top, right, bottom = shape.bounds
    if right - left >= width * _ROOM_ACROSS and bottom - top >= height * _ROOM_UP:
        return
    x, y = (left + right) / 2, (top + bottom) / 2
    yield x, top - height / 2 - _CLEAR
    yield x, bottom + height / 2 + _CLEAR
    yield right + width / 2 + _CLEAR, y
    yield left - width / 2 - _CLEAR, y


def _ring(ring: shapely.LinearRing) -> str:
    grid = [(round(x * 10), round(y * 10)) for x, y in ring.coords]
    (left, top), steps = grid[0], []
    at = grid[0]
    for point in grid[1:-1]:
        if point != at:
            steps.append(f"{_tenth(point[0] - at[0])} {_tenth(point[1] - at[1])}")
            at = point
    return f"M{_tenth(left)} {_tenth(top)}" + ("l" + " ".join(steps) if steps else "") + "z"


def _tenth(value: int) -> str:
    return f"{value / 10:g}"
