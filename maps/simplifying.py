"""Shapes as a map needs them: no finer than its pixels, still valid, nothing lost on the way (pure)."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

FINEST_ZOOM: Final = 19
"""From this zoom on a pixel is finer than the six decimals that are sent: nothing is left out."""

_DECIMALS: Final = 6
_TILE_PIXELS: Final = 256
_TRIES: Final = 4


def geojson_bytes(polygons: MultiPolygon, zoom: int | None = None) -> bytes:
    """Return the shape as a GeoJSON geometry: longitude first, six decimals, right-hand rule, valid.

    `zoom` is that of a web map with tiles of 256 pixels; None keeps every vertex.
    """
    drawn = simplified(polygons, zoom)
    return shapely.to_geojson(shapely.orient_polygons(drawn, exterior_cw=False)).encode()


def simplified(polygons: MultiPolygon, zoom: int | None) -> MultiPolygon:
    """Return the shape with no more detail than half a pixel shows, in six decimals.

    Every part and every hole is kept, if only as a triangle: a field must not vanish from a map of the
    district. A result that is not valid or lost a ring is made again, finer, and at last not simplified.
    """
    if zoom is not None and zoom < FINEST_ZOOM:
        tolerance = tolerance_degrees(zoom)
        for _ in range(_TRIES):
            found = _rounded(_multi(shapely.simplify(polygons, tolerance, preserve_topology=True)))
            if found is not None and _rings(found) == _rings(polygons):
                return found
            tolerance /= 4
    # Two more decimals are better than a part that is gone or a border that moved.
    return _rounded(polygons) or _rounded(polygons, _DECIMALS + 2) or polygons


def tolerance_degrees(zoom: int) -> float:
    """Return half a pixel of a web map at the zoom, in degrees of longitude."""
    return 180.0 / float(_TILE_PIXELS << zoom)


def _multi(found: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([part for part in getattr(found, "geoms", [found]) if isinstance(part, Polygon)])


def _rounded(polygons: MultiPolygon, decimals: int = _DECIMALS) -> MultiPolygon | None:
    """Return the shape with so many decimals, or None where rounding would fold a thin part over itself."""
    rounded = shapely.transform(polygons, lambda coordinates: np.round(coordinates, decimals))
    return rounded if rounded.is_valid else None


def _rings(polygons: MultiPolygon) -> tuple[int, int]:
    return len(polygons.geoms), sum(len(part.interiors) for part in polygons.geoms)
