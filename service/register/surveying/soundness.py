"""Whether rings make an area: told with the point of the fault, never repaired.

A repair could move a legal boundary, and repairing hostile input takes minutes where judging takes milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from service.errors import UploadRefused

MAX_VERTICES = 50_000
DECIMALS = 6
_POINT = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]")


def polygon_of(rings: Sequence[np.ndarray], place: str) -> Polygon:
    """Return the sound polygon of a shell and its holes.

    Raises:
        UploadRefused: empty_geometry, self_intersection (with its point), invalid_geometry.
    """
    for ring in rings:
        alone = Polygon(ring)
        if alone.area == 0 and alone.convex_hull.area == 0:
            raise UploadRefused("empty_geometry", place)
        if not alone.is_valid:
            raise UploadRefused("self_intersection", _where(alone, place))
    polygon = Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        raise UploadRefused("invalid_geometry", _where(polygon, place))
    return polygon


def multipolygon_of(polygons: Sequence[Polygon], place: str) -> MultiPolygon:
    """Return sound polygons as one area; parts may touch in points only.

    Raises:
        UploadRefused: invalid_geometry (parts overlap or share a side).
    """
    found = MultiPolygon(polygons)
    if not found.is_valid:
        raise UploadRefused("invalid_geometry", _where(found, place))
    return found


def united(areas: Sequence[MultiPolygon]) -> MultiPolygon:
    """Return several areas as one; neighbours that share a side lose it.

    Raises:
        UploadRefused: two of them overlap by more than a sliver.
    """
    if len(areas) == 1:
        return areas[0]
    whole = shapely.union_all(areas)
    overlap = sum(area.area for area in areas) - whole.area
    if overlap > 1e-6 * whole.area + 1e-10:  # about a square metre: what digitising leaves between neighbours
        raise UploadRefused("features_overlap")
    return as_multipolygon(whole)


def rounded(found: MultiPolygon) -> MultiPolygon:
    """Return the area with six decimals (0.1 m) and rings by the right-hand rule; a last check follows.

    Raises:
        UploadRefused: a part is so thin that it folds over when rounded.
    """
    parts = shapely.transform(found, lambda coordinates: np.round(coordinates, DECIMALS) + 0.0)
    if not parts.is_valid:
        raise UploadRefused("too_thin", _where(parts, ""))
    return MultiPolygon([orient(part, sign=1.0) for part in as_multipolygon(parts).geoms])


def as_multipolygon(found: BaseGeometry) -> MultiPolygon:
    """Return the polygons of a result as one multipolygon; lines and points at which areas touch are no area."""
    parts = getattr(found, "geoms", [found])
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and not part.is_empty])


def _where(found: BaseGeometry, place: str) -> str:
    reason = shapely.is_valid_reason(found)
    point = _POINT.search(reason)
    if point is None:
        return place
    return f"{place} ({float(point[1]):.6f}, {float(point[2]):.6f})".strip()
